package apps

import (
	"fmt"

	"lifeboat/device/phonesim/content"
)

const callsPath = "Library/CallHistoryDB/CallHistory.storedata"

const callsTables = coreData + `
ZCALLRECORD
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZANSWERED INTEGER
  ZCALL_CATEGORY INTEGER
  ZCALLTYPE INTEGER
  ZDISCONNECTED_CAUSE INTEGER
  ZFACE_TIME_DATA INTEGER
  ZNUMBER_AVAILABILITY INTEGER
  ZORIGINATED INTEGER
  ZREAD INTEGER
  ZHANDLE_TYPE INTEGER
  ZJUNKCONFIDENCE INTEGER | 15-
  ZVERIFICATIONSTATUS INTEGER | 15-
  ZDATE TIMESTAMP
  ZDURATION FLOAT
  ZADDRESS VARCHAR
  ZDEVICE_ID VARCHAR
  ZISO_COUNTRY_CODE VARCHAR
  ZLOCATION VARCHAR
  ZNAME VARCHAR
  ZSERVICE_PROVIDER VARCHAR
  ZUNIQUE_ID VARCHAR
ZHANDLE
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZTYPE INTEGER
  ZNORMALIZEDVALUE VARCHAR
  ZVALUE VARCHAR
`

// BuildCalls makes the list of calls.
func BuildCalls(shape Shape, phone Phone) ([]content.Extra, error) {
	phone = phone.In(shape)
	return phone.build(shape, store{homeDomain, callsPath, callsTables, func(d *database) {
		d.entity(1, "CallDBProperties", 0, 1)
		d.entity(2, "CallRecord", 0, len(phone.Calls))
		d.entity(3, "Handle", 0, 0)
		for i, c := range phone.Calls {
			if i == len(phone.Calls)-1 {
				d.newest()
			}
			d.insert("ZCALLRECORD", c.columns(i+1))
		}
	}})
}

func (c Call) columns(n int) row {
	r := row{
		"Z_PK": n, "Z_ENT": 2, "Z_OPT": 1, "ZANSWERED": flag(c.Answered), "ZORIGINATED": flag(c.Outgoing), "ZCALLTYPE": c.Type,
		"ZCALL_CATEGORY": 1, "ZDATE": cocoa(c.Date), "ZDURATION": c.Seconds, "ZADDRESS": []byte(c.Address), "ZNAME": optional(c.Name),
		"ZISO_COUNTRY_CODE": optional(c.Country), "ZREAD": 1, "ZUNIQUE_ID": fmt.Sprintf("00000000-0000-4000-8000-%012X", n),
		"ZDISCONNECTED_CAUSE": 0,
	}
	if c.Text {
		r["ZADDRESS"] = c.Address
	}
	r["ZSERVICE_PROVIDER"] = first(c.Provider, map[int]string{
		CallPhone: "com.apple.Telephony", CallFaceTimeVideo: "com.apple.FaceTime", CallFaceTimeAudio: "com.apple.FaceTime",
	}[c.Type])
	return r
}

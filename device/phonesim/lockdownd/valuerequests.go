package lockdownd

import "lifeboat/device/phonesim/wire"

// named starts an answer with the names that the request used.
func named(request wire.Dict) reply {
	r := reply{}
	for _, key := range []string{"Domain", "Key"} {
		if s := request.String(key); s != "" {
			r[key] = s
		}
	}
	return r
}

func (v *visit) getValue(request wire.Dict) (reply, error) {
	domain, key := request.String("Domain"), request.String("Key")
	v.note(domain + "/" + key)
	r := named(request)
	var value any
	var err error
	switch {
	case key == "" && domain == "" && v.session == nil:
		value = v.untrustedValues()
	case v.session == nil && !Readable(domain, key):
		err = GetProhibited
	case key == "":
		value, err = v.Values.Domain(domain)
	default:
		value, err = v.Values.Get(domain, key)
	}
	if err != nil {
		return r, err
	}
	r["Value"] = value
	return r, nil
}

// untrustedValues is the root domain as a stranger sees it.
func (v *visit) untrustedValues() map[string]any {
	all := map[string]any{}
	for _, key := range untrusted {
		if value, err := v.Values.Get("", key); err == nil {
			all[key] = value
		}
	}
	return all
}

func (v *visit) setValue(request wire.Dict) (reply, error) {
	domain, key := request.String("Domain"), request.String("Key")
	r := named(request)
	switch {
	case key == "":
		return r, MissingKey
	case request["Value"] == nil:
		return r, MissingValue
	case !Settable(domain, key, v.session != nil):
		return r, SetProhibited
	}
	v.Values.Set(domain, key, request["Value"])
	r["Value"] = request["Value"]
	return r, nil
}

func (v *visit) removeValue(request wire.Dict) (reply, error) {
	domain, key := request.String("Domain"), request.String("Key")
	r := named(request)
	switch {
	case key == "":
		return r, MissingKey
	case !Settable(domain, key, v.session != nil):
		return r, RemoveProhibited
	}
	v.Values.Set(domain, key, nil)
	return r, nil
}

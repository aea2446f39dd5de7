{
 "drMessage": null,
 "drpost": false,
 "services": [
  {
   "redirectUrl": null,
   "events": [],
   "serviceName": "App Store"
  },
  {
   "redirectUrl": null,
   "events": [],
   "serviceName": "Apple Account"
  },
  {
   "redirectUrl": null,
   "events": [
    {
     "usersAffected": "Some users were affected",
     "epochStartDate": 1785517200000,
     "epochEndDate": 1785524400000,
     "messageId": "2000004100",
     "statusType": "Outage",
     "datePosted": "07/31/2026 11:40 PDT",
     "startDate": "07/31/2026 10:00 PDT",
     "endDate": "07/31/2026 12:00 PDT",
     "affectedServices": null,
     "eventStatus": "resolved",
     "message": "Users may have experienced intermittent issues with this service."
    }
   ],
   "serviceName": "Apple Cash"
  },
  {
   "redirectUrl": null,
   "events": [],
   "serviceName": "iCloud Account & Sign In"
  },
  {
   "redirectUrl": null,
   "events": [],
   "serviceName": "iCloud Backup"
  },
  {
   "redirectUrl": null,
   "events": [],
   "serviceName": "iCloud Bookmarks & Tabs"
  },
  {
   "redirectUrl": null,
   "events": [],
   "serviceName": "iCloud Drive"
  },
  {
   "redirectUrl": null,
   "events": [],
   "serviceName": "iCloud Mail"
  },
  {
   "redirectUrl": null,
   "events": [],
   "serviceName": "iCloud Private Relay"
  },
  {
   "redirectUrl": null,
   "events": [],
   "serviceName": "iCloud Storage Upgrades"
  },
  {
   "redirectUrl": null,
   "events": [],
   "serviceName": "iMessage"
  },
  {
   "redirectUrl": null,
   "events": [],
   "serviceName": "iWork for iCloud"
  }
 ]
}
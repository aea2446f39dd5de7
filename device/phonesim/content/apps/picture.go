package apps

// exifTime is how EXIF writes a time.
const exifTime = "2006:01:02 15:04:05"

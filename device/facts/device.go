package facts

import "strings"

// DeviceOf is what a device is called in a sentence, by its model ("iPad14,1"):
// "iPad" or "iPod", and "iPhone" for all others and where the model is unknown.
func DeviceOf(productType string) string {
	for _, device := range []string{"iPad", "iPod"} {
		if strings.HasPrefix(productType, device) {
			return device
		}
	}
	return "iPhone"
}

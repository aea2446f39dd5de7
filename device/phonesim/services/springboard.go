package services

import (
	"bytes"
	"context"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"net"
	"sync"

	"lifeboat/device/phonesim/wire"
)

// iconSize is the edge of an icon in pixels.
const iconSize = 120

// Icons is com.apple.springboardservices: the pictures of the apps.
type Icons struct{ Apps []App }

// Serve runs one connection.
func (i *Icons) Serve(_ context.Context, conn net.Conn) error {
	for {
		request, err := wire.Read(conn)
		if err != nil {
			return err
		}
		answer := map[string]any{"Error": "unknown command"}
		if request.String("command") == "getIconPNGData" {
			answer = i.icon(request.String("bundleId"))
		}
		if err := wire.WriteBinary(conn, answer); err != nil {
			return err
		}
	}
}

// icon answers with the app's picture. For an app that is not there a phone
// leaves pngData out.
func (i *Icons) icon(bundleID string) map[string]any {
	for _, app := range i.Apps {
		if app.BundleID != bundleID {
			continue
		}
		data, err := iconOf(bundleID)
		if err != nil {
			return map[string]any{"Error": err.Error()}
		}
		return map[string]any{"pngData": data}
	}
	return map[string]any{}
}

// icons are the pictures that were drawn, as bytes by bundle identifier.
var icons sync.Map

// iconOf returns the picture of an app, which is drawn once only.
func iconOf(bundleID string) ([]byte, error) {
	if data, ok := icons.Load(bundleID); ok {
		return data.([]byte), nil
	}
	data, err := drawIcon(bundleID)
	if err == nil {
		icons.Store(bundleID, data)
	}
	return data, err
}

// drawIcon paints a tile in colours that stay with the app: one from top to
// bottom, with a disc upon it.
func drawIcon(bundleID string) ([]byte, error) {
	h := fnv.New32a()
	h.Write([]byte(bundleID))
	sum := h.Sum32()
	tone := color.RGBA{byte(sum), byte(sum >> 8), byte(sum >> 16), 255}
	tile := image.NewRGBA(image.Rect(0, 0, iconSize, iconSize))
	for y := range iconSize {
		for x := range iconSize {
			c := color.RGBA{tone.R/2 + byte(y), tone.G/2 + byte(y), tone.B/2 + byte(y), 255}
			if dx, dy := x-iconSize/2, y-iconSize/2; dx*dx+dy*dy < iconSize*iconSize/9 {
				c = color.RGBA{255 - tone.R/3, 255 - tone.G/3, 255 - tone.B/3, 255}
			}
			tile.SetRGBA(x, y, c)
		}
	}
	var out bytes.Buffer
	err := png.Encode(&out, tile)
	return out.Bytes(), err
}

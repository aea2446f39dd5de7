package afc

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
)

// Info is what the phone reports about a file or folder.
type Info struct {
	Size   int64 // bytes
	Folder bool
}

// List reads the names in a folder, without "." and "..". Names that would
// lead elsewhere are left out.
func (c *Client) List(ctx context.Context, dir string) ([]string, error) {
	data, err := c.askPath(ctx, opReadDir, dir)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", dir, err)
	}
	var names []string
	for _, name := range texts(data) {
		if name != "" && name != "." && name != ".." && !strings.Contains(name, "/") {
			names = append(names, name)
		}
	}
	return names, nil
}

// Stat reads about a file or folder. Errors wrap [ErrNotFound] where the
// phone has none.
func (c *Client) Stat(ctx context.Context, path string) (Info, error) {
	data, err := c.askPath(ctx, opFileInfo, path)
	if err != nil {
		return Info{}, fmt.Errorf("look at %s: %w", path, err)
	}
	return parseInfo(data), nil
}

// askPath asks about a path and returns the texts that answer.
func (c *Client) askPath(ctx context.Context, op uint64, path string) ([]byte, error) {
	answer, data, err := c.ask(ctx, op, append([]byte(path), 0))
	if err == nil && answer != opData {
		err = unexpected(answer)
	}
	return data, err
}

// parseInfo reads the pairs of names and values that tell of a file. A size
// that makes no sense is 0.
func parseInfo(data []byte) (info Info) {
	words := texts(data)
	for i := 0; i+1 < len(words); i += 2 {
		switch words[i] {
		case "st_size":
			if n, err := strconv.ParseInt(words[i+1], 10, 64); err == nil && n > 0 {
				info.Size = n
			}
		case "st_ifmt":
			info.Folder = words[i+1] == "S_IFDIR"
		}
	}
	return info
}

// texts splits what AFC ends with a zero byte each.
func texts(data []byte) []string {
	var all []string
	for len(data) > 0 {
		text, rest, _ := bytes.Cut(data, []byte{0})
		all = append(all, string(text))
		data = rest
	}
	return all
}

package feeds

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/go-version"

	"lifeboat/assets/knowledge"
	"lifeboat/checks"
	"lifeboat/device/facts"
)

// The servers that know which versions there are. Both return complete lists. The service
// ipsw.me is left out: it asks for the model.
const (
	lookupHost    = "gdmf.apple.com"
	endOfLifeHost = "endoflife.date"
	lookupURL     = "https://" + lookupHost + "/v2/pmv"
	endOfLifeURL  = "https://" + endOfLifeHost + "/api/v1/products/ios"

	maxLookup    = 8 << 20
	maxEndOfLife = 1 << 20
	maxAssets    = 5000 // entries of Apple's list
	maxModels    = 1000 // kinds of iPhone
	maxOffered   = 100  // versions for one of them
	maxLines     = 100  // major versions
)

var (
	iPhone       = regexp.MustCompile(`^iPhone[0-9]{1,2},[0-9]{1,2}$`)
	plainVersion = regexp.MustCompile(`^[1-9][0-9]?(\.[0-9]{1,2}){1,3}$`)
)

// versions is what Apple offers: from what is kept if that is of today, from
// Apple, from endoflife.date, or else from what is kept.
func (c *Client) versions(ctx context.Context, clocks *clocks) facts.Datum[checks.VersionList] {
	old, asOf, ok := recall(c, Versions, soundVersions)
	old.AsOf = asOf
	if ok && c.Now().Sub(asOf) < versionsFresh {
		return facts.Of(old)
	}
	list, err := c.fetchVersions(ctx, clocks)
	switch {
	case err == nil:
		keep(c, Versions, list, list.AsOf)
		return facts.Of(list)
	case ok:
		return facts.Datum[checks.VersionList]{Value: old, State: facts.Read, Reason: reason(err)}
	}
	return facts.Datum[checks.VersionList]{Reason: reason(err)}
}

func (c *Client) fetchVersions(ctx context.Context, clocks *clocks) (checks.VersionList, error) {
	offered, err := c.lookedUp(ctx, clocks)
	host := lookupHost
	if err != nil {
		c.Log.Debug("no list of versions", "host", host, "reason", reason(err))
		lines, second := c.lines(ctx, clocks)
		if second != nil {
			c.Log.Debug("no list of versions", "host", endOfLifeHost, "reason", reason(second))
			return checks.VersionList{}, err // the first is what matters
		}
		offered, host = join(lines), endOfLifeHost
	}
	list := checks.VersionList{AsOf: c.Now(), Source: host, Offered: offered}
	return list, soundVersions(list)
}

// lookedUp asks Apple's lookup service.
func (c *Client) lookedUp(ctx context.Context, clocks *clocks) (map[string][]string, error) {
	ctx, cancel := context.WithTimeout(ctx, firstPatience)
	defer cancel()
	return fetched(ctx, c, c.lookup, lookupURL, maxLookup, clocks, parseLookup)
}

// lines asks endoflife.date.
func (c *Client) lines(ctx context.Context, clocks *clocks) ([]knowledge.Line, error) {
	return fetched(ctx, c, c.public, endOfLifeURL, maxEndOfLife, clocks, parseEndOfLife)
}

// parseLookup reads the answer of Apple's lookup service
// (checks/SIGNALS.md#ios-version): of what everybody is offered, the part for
// iPhones.
func parseLookup(page []byte) (map[string][]string, error) {
	var list struct {
		PublicAssetSets struct {
			IOS []struct {
				ProductVersion   string
				SupportedDevices []string
			} `json:"iOS"`
		}
	}
	if err := json.Unmarshal(page, &list); err != nil {
		return nil, fmt.Errorf("%w: %w", errNonsense, err)
	}
	if n := len(list.PublicAssetSets.IOS); n == 0 || n > maxAssets {
		return nil, fmt.Errorf("%w: %d versions", errNonsense, n)
	}
	offered := map[string][]string{}
	for _, asset := range list.PublicAssetSets.IOS {
		if !plainVersion.MatchString(asset.ProductVersion) {
			continue // a form that nobody here can compare
		}
		for _, device := range asset.SupportedDevices {
			if iPhone.MatchString(device) && !slices.Contains(offered[device], asset.ProductVersion) {
				offered[device] = append(offered[device], asset.ProductVersion)
			}
			if len(offered) > maxModels || len(offered[device]) > maxOffered {
				return nil, fmt.Errorf("%w: too many", errNonsense)
			}
		}
	}
	for _, versions := range offered {
		slices.SortFunc(versions, newestFirst)
	}
	return offered, soundVersions(checks.VersionList{Offered: offered})
}

// parseEndOfLife reads the list of endoflife.date: the latest version of each
// line, oldest line first, and whether Apple still fixes it.
func parseEndOfLife(page []byte) ([]knowledge.Line, error) {
	var list struct {
		Result struct {
			Releases []struct {
				Name         string
				IsMaintained bool
				Latest       struct{ Name string }
			}
		}
	}
	if err := json.Unmarshal(page, &list); err != nil {
		return nil, fmt.Errorf("%w: %w", errNonsense, err)
	}
	var lines []knowledge.Line
	for _, release := range list.Result.Releases {
		major, err := strconv.Atoi(release.Name)
		if err != nil || !plainVersion.MatchString(release.Latest.Name) || majorOf(release.Latest.Name) != major {
			continue // such as the early lines, which have names of another form
		}
		lines = append(lines, knowledge.Line{Major: major, Latest: release.Latest.Name, Patched: release.IsMaintained})
	}
	slices.SortFunc(lines, func(a, b knowledge.Line) int { return a.Major - b.Major })
	for i := range lines {
		if i > 0 && lines[i].Major == lines[i-1].Major {
			return nil, fmt.Errorf("%w: iOS %d stands twice", errNonsense, lines[i].Major)
		}
	}
	if n := len(lines); n == 0 || n > maxLines || !lines[n-1].Patched {
		return nil, fmt.Errorf("%w: %d lines, or the newest is no longer patched", errNonsense, n)
	}
	return lines, nil
}

// join says which of the lines run on which iPhone, by the table of models. A
// model that ran the newest line of that table may run a newer one, or not:
// where there is one, nothing is said of that model.
func join(lines []knowledge.Line) map[string][]string {
	offered := map[string][]string{}
	newestKnown := knowledge.IOS().Newest().Major
	newest := lines[len(lines)-1].Major
	for _, m := range knowledge.Models().Models {
		if m.LastMajor == newestKnown && newest > newestKnown {
			continue
		}
		for _, line := range slices.Backward(lines) {
			switch {
			case line.Major == m.LastMajor && m.LastVersion != "":
				offered[m.ProductType] = append(offered[m.ProductType], m.LastVersion)
			case line.Major == m.LastMajor, line.Major < m.LastMajor && line.Patched:
				offered[m.ProductType] = append(offered[m.ProductType], line.Latest)
			}
		}
	}
	return offered
}

// soundVersions holds a list, fetched or kept, to what the checks rely on.
func soundVersions(list checks.VersionList) error {
	if len(list.Offered) == 0 || len(list.Offered) > maxModels {
		return fmt.Errorf("%w: %d models", errNonsense, len(list.Offered))
	}
	for model, versions := range list.Offered {
		if !iPhone.MatchString(model) || len(versions) == 0 || len(versions) > maxOffered ||
			slices.ContainsFunc(versions, func(v string) bool { return !plainVersion.MatchString(v) }) ||
			!slices.IsSortedFunc(versions, newestFirst) {
			return fmt.Errorf("%w: a model", errNonsense)
		}
	}
	if !slices.Contains([]string{"", lookupHost, endOfLifeHost}, list.Source) {
		return fmt.Errorf("%w: a source", errNonsense)
	}
	return nil
}

// newestFirst orders plain versions.
func newestFirst(a, b string) int {
	return version.Must(version.NewVersion(b)).Compare(version.Must(version.NewVersion(a)))
}

// majorOf is the line of a plain version.
func majorOf(plain string) int {
	first, _, _ := strings.Cut(plain, ".")
	major, _ := strconv.Atoi(first) // proven by its form
	return major
}

package verify

import (
	"cmp"
	"context"
	"slices"

	"lifeboat/backup/catalog"
	"lifeboat/backup/format"
)

const (
	// listMax bounds the lists of a Report.
	listMax = 100
	// findingsMax bounds how many problems are given a group. Of more, the
	// rest is counted as other.
	findingsMax = 32 << 10
)

// finding is a problem as it is found, before its file has a name.
type finding struct {
	id     catalog.ID
	kind   Kind
	detail string
	named  *Problem // complete, where the name was at hand
}

func (p *proof) find(f finding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keep(f)
}

// keep is find with p.mu held.
func (p *proof) keep(f finding) {
	p.result.ProblemCount++
	if len(p.findings) == findingsMax {
		p.extra++
		return
	}
	if len(p.findings) >= 10*listMax && f.named == nil {
		f.detail = "" // it will hardly be listed
	}
	p.findings = append(p.findings, f)
}

// problem finds something about a content.
func (p *proof) problem(id catalog.ID, kind Kind, detail string) {
	p.find(finding{id: id, kind: kind, detail: detail})
}

// topProblem finds something about a file beside the contents; of each, the
// first.
func (p *proof) topProblem(name string, kind Kind, detail string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.findings {
		if n := p.findings[i].named; n != nil && n.Group == Records && n.Path == name {
			return
		}
	}
	p.keep(finding{kind: kind, named: &Problem{Kind: kind, Group: Records, Path: name, Detail: detail}})
}

// note keeps a name that the backup does not list. Notes come from the
// goroutine that joins.
func (p *proof) note(text string) {
	p.result.NoteCount++
	if len(p.result.Notes) < listMax {
		p.result.Notes = append(p.result.Notes, text)
	}
}

// stray notes a content that the backup does not list.
func (p *proof) stray(id catalog.ID) { p.note(format.BlobPath(id.String())) }

// name gives the problems their names and groups.
func (p *proof) name(ctx context.Context, db *format.ManifestDB) error {
	slices.SortStableFunc(p.findings, func(a, b finding) int { return a.id.Compare(b.id) })
	groups := map[GroupCount]int{}
	for _, f := range p.findings {
		one := f.named
		if one == nil {
			one = &Problem{Kind: f.kind, Group: Locked, FileID: f.id.String(), Detail: f.detail}
			if db != nil {
				one.Group = Other
				row, found, err := db.Row(ctx, one.FileID)
				if ctx.Err() != nil {
					return ctx.Err()
				}
				// Where Manifest.db itself is damaged, names are what is missing.
				if err == nil && found {
					one.Domain, one.Path = row.Domain, row.Path
					one.Group, one.Bundle = Classify(row.Domain, row.Path)
				}
			} else if !p.backup.locked() {
				one.Group = Other
			}
		}
		if len(p.result.Problems) < listMax {
			p.result.Problems = append(p.result.Problems, *one)
		}
		if found := p.backup.subject.Found; found != nil {
			found(*one)
		}
		groups[GroupCount{Group: one.Group, Bundle: one.Bundle}]++
	}
	p.findings = nil
	if err := p.nameOdd(ctx, db); err != nil {
		return err
	}
	if p.extra > 0 {
		groups[GroupCount{Group: Other}] += p.extra
	}
	p.result.Groups = ranked(groups)
	return nil
}

// ranked puts the most frequent groups first. Apps that would make the list
// too long are counted together.
func ranked(groups map[GroupCount]int) []GroupCount {
	all := make([]GroupCount, 0, len(groups))
	for g, n := range groups {
		g.Count = n
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b GroupCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Bundle, b.Bundle))
	})
	if len(all) <= listMax {
		return all
	}
	rest := GroupCount{Group: Apps}
	kept := all[:0]
	for _, g := range all {
		if g.Bundle != "" && len(kept) >= listMax/2 {
			rest.Count += g.Count
			continue
		}
		kept = append(kept, g)
	}
	return append(kept, rest)
}

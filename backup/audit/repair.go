package audit

import (
	"context"
	"errors"
	"slices"

	"lifeboat/backup/catalog"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// repair repairs what can be, proves that again, and takes it out of the report.
func (r *run) repair(ctx context.Context) error {
	if r.Vault == nil || !r.managed {
		return nil
	}
	ids := r.contents()
	if len(ids) == 0 {
		return nil
	}
	repaired, err := r.Vault.Repair(ctx, r.View.Version().Number, ids)
	if ctx.Err() != nil {
		return err
	}
	if err != nil {
		r.Log.Warn("not all could be repaired", "err", err)
	}
	if len(repaired) == 0 {
		return nil
	}
	slices.SortFunc(repaired, catalog.ID.Compare)
	bad, err := r.again(ctx, repaired)
	if err != nil {
		return err
	}
	intact := map[string]bool{}
	for _, id := range repaired {
		if !bad[id.String()] {
			intact[id.String()] = true
		}
	}
	r.dropRepaired(intact)
	return nil
}

// contents are the IDs of the contents that have a problem.
func (r *run) contents() (ids []catalog.ID) {
	for _, p := range r.problems {
		if id, ok := catalog.ParseID(p.FileID); ok && p.Kind != verify.BadRecord {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, catalog.ID.Compare)
	return slices.Compact(ids)
}

// again proves contents once more, which are sorted, and returns those that
// are not intact.
func (r *run) again(ctx context.Context, ids []catalog.ID) (bad map[string]bool, err error) {
	var entries []catalog.Entry
	s, done := r.subject()
	defer done()
	all, err := s.Catalog()
	if err != nil {
		return nil, err
	}
	for len(entries) < len(ids) {
		e, err := all.Next()
		if err != nil {
			return nil, fault.New(fault.Internal, "verify the backup", err)
		}
		if _, chosen := slices.BinarySearchFunc(ids, e.ID, catalog.ID.Compare); chosen {
			entries = append(entries, e)
		}
	}
	bad = map[string]bool{}
	s.Arrived = func() (catalog.Stream, error) { return catalog.Slice(entries), nil }
	s.Found = func(p verify.Problem) { bad[p.FileID] = true }
	b, err := verify.Open(s)
	if err == nil && !r.Password.Empty() {
		err = b.Unlock(ctx, r.Password)
	}
	if err == nil {
		_, err = b.Prove(ctx, verify.Level{Depth: verify.Quick}, nil)
	}
	if err != nil && fault.Of(err) != fault.BackupDamaged {
		return nil, err
	}
	return bad, nil
}

// dropRepaired moves the problems of contents that are intact now from the report to
// what was repaired.
func (r *run) dropRepaired(intact map[string]bool) {
	most := len(r.result.Problems)
	repaired := map[verify.GroupCount]int{}
	left := r.problems[:0]
	for _, p := range r.problems {
		if !intact[p.FileID] {
			left = append(left, p)
			continue
		}
		r.findings.RepairedCount++
		if len(r.findings.Repaired) < most {
			r.findings.Repaired = append(r.findings.Repaired, p)
		}
		repaired[verify.GroupCount{Group: p.Group, Bundle: p.Bundle}]++
	}
	r.problems = left
	r.result.Problems = left[:min(len(left), most)]
	r.result.ProblemCount -= r.findings.RepairedCount
	var groups []verify.GroupCount
	for _, g := range r.result.Groups {
		n := repaired[verify.GroupCount{Group: g.Group, Bundle: g.Bundle}]
		if n > 0 {
			r.findings.RepairedGroups = append(r.findings.RepairedGroups, verify.GroupCount{Group: g.Group, Bundle: g.Bundle, Count: n})
		}
		if g.Count -= n; g.Count > 0 {
			groups = append(groups, g)
		}
	}
	r.result.Groups = groups
}

// findIntact finds out where the contents that are left with a problem can still be had.
func (r *run) findIntact(ctx context.Context) error {
	var ids []catalog.ID
	for _, p := range r.result.Problems {
		r.findings.Problems = append(r.findings.Problems, Finding{Problem: p})
		if id, ok := catalog.ParseID(p.FileID); ok {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 || !r.managed || r.View == nil {
		return nil
	}
	versions, err := r.View.FindIntact(ctx, ids)
	if ctx.Err() != nil {
		return fault.New(fault.Cancelled, "look for intact files", errors.Join(ctx.Err(), err))
	}
	if err != nil {
		r.Log.Warn("whether other versions hold intact files is not known", "err", err)
		return nil
	}
	for i, p := range r.findings.Problems {
		id, _ := catalog.ParseID(p.FileID)
		if v, ok := versions[id]; ok {
			r.findings.Problems[i].Intact = &v
		}
	}
	return nil
}

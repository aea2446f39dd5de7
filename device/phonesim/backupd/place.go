package backupd

import (
	"context"
	"sort"
)

// moveFiles moves the uploaded files to where they belong, batch by batch.
func (j *job) moveFiles(ctx context.Context) error {
	moves := map[string]string{}
	for prefix := range prefixes {
		name := prefixName(byte(prefix))
		err := j.final.each(byte(prefix), func(r record) error {
			if !r.moves {
				return nil
			}
			id := r.key.String()
			moves[j.host(j.order.into, name, id)] = j.host(name, id)
			if len(moves) < batchSize {
				return nil
			}
			defer clear(moves)
			return j.move(ctx, moves)
		})
		if err != nil {
			return err
		}
	}
	if len(moves) == 0 {
		return nil
	}
	return j.move(ctx, moves)
}

// moveManifest moves the two manifests, one by one.
func (j *job) moveManifest(ctx context.Context) error {
	for _, name := range []string{"Manifest.plist", "Manifest.db"} {
		if err := j.move(ctx, map[string]string{j.host(j.order.into, name): j.host(name)}); err != nil {
			return err
		}
	}
	return nil
}

func (j *job) move(ctx context.Context, moves map[string]string) error {
	return j.rearrange(ctx, "DLMessageMoveItems", moves, first(moves))
}

// first is one path of several, always the same.
func first(moves map[string]string) string {
	paths := make([]string, 0, len(moves))
	for path := range moves {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	return paths[0]
}

// rearrange asks the host to move or remove, and takes no failure.
func (j *job) rearrange(ctx context.Context, message string, what any, about string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := j.checkCancel(); err != nil {
		return err
	}
	p := j.progress(messageWork)
	a, err := j.link.step(about, p, message, what)
	if err != nil {
		return err
	}
	if a.code != 0 {
		return writing(a, about)
	}
	return nil
}

// removeObsolete removes what an earlier backup had and this one has not.
func (j *job) removeObsolete(ctx context.Context) error {
	if j.plan.base != nil {
		return j.removeGone(ctx)
	}
	if !j.plan.earlier {
		return nil
	}
	var obsolete []string
	for prefix := range prefixes {
		name := prefixName(byte(prefix))
		found, err := j.list(j.host(name))
		if err != nil {
			return err
		}
		err = j.final.each(byte(prefix), func(r record) error {
			if r.stored != noContent {
				delete(found, r.key.String())
			}
			return nil
		})
		if err != nil {
			return err
		}
		for id := range found {
			obsolete = append(obsolete, j.host(name, id))
		}
		sort.Strings(obsolete)
		for len(obsolete) >= batchSize {
			if err := j.remove(ctx, obsolete[:batchSize]); err != nil {
				return err
			}
			obsolete = obsolete[batchSize:]
		}
	}
	if len(obsolete) == 0 {
		return nil
	}
	return j.remove(ctx, obsolete)
}

// removeGone removes what is no longer on the phone, as the comparison found.
func (j *job) removeGone(ctx context.Context) error {
	var paths []string
	for prefix := range prefixes {
		err := j.gone.each(byte(prefix), func(r record) error {
			if r.stored == noContent {
				return nil
			}
			if paths = append(paths, j.host(prefixName(byte(prefix)), r.key.String())); len(paths) < batchSize {
				return nil
			}
			err := j.remove(ctx, paths)
			paths = paths[:0]
			return err
		})
		if err != nil {
			return err
		}
	}
	if len(paths) == 0 {
		return nil
	}
	return j.remove(ctx, paths)
}

// removeSnapshot removes the folder that files were uploaded to.
func (j *job) removeSnapshot(ctx context.Context) error {
	return j.remove(ctx, []string{j.host("Snapshot")})
}

// removeTwice is how a backup ends: two messages with one item each were seen
// there. What the second is about was not; here it is what is gone already.
func (j *job) removeTwice(ctx context.Context) error {
	if err := j.removeSnapshot(ctx); err != nil {
		return err
	}
	return j.removeSnapshot(ctx)
}

// remove asks the host to remove; what is already gone is as good.
func (j *job) remove(ctx context.Context, paths []string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := j.checkCancel(); err != nil {
		return err
	}
	p := j.progress(messageWork)
	a, err := j.link.step(paths[0], p, "DLMessageRemoveItems", paths)
	if err != nil {
		return err
	}
	if a.code != 0 && a.code != dlNotFound {
		return writing(a, paths[0])
	}
	return nil
}

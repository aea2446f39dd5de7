package reveal

import "context"

func folder(ctx context.Context, dir string) error { return run(ctx, "/usr/bin/open", dir) }

package reveal

import "context"

func item(ctx context.Context, path string) error { return run(ctx, "/usr/bin/open", "-R", path) }

func folder(ctx context.Context, dir string) error { return run(ctx, "/usr/bin/open", dir) }

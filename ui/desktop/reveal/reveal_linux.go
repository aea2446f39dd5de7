package reveal

import "context"

// folder has the program shown that the user has for folders.
func folder(ctx context.Context, dir string) error { return run(ctx, "xdg-open", dir) }

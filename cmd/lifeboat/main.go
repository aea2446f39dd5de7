// Command lifeboat is the app: it says why an iPhone does not back up to
// iCloud, and backs it up to this computer. Here stands only how its rooms
// are put together.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"

	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/lang"

	"lifeboat/assets"
	"lifeboat/assets/words"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2 // also: no screen
)

// garbage is how much memory may be in use beyond what is needed, in percent: a
// program that is open all day should be small rather than collect seldom.
const garbage = 40

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// flags are what the command line may say.
type flags struct {
	demo       bool
	to         string
	debug      bool
	version    bool
	background bool
}

func parse(args []string, errs io.Writer, say *words.Catalogue) (flags, error) {
	var f flags
	set := flag.NewFlagSet("lifeboat", flag.ContinueOnError)
	set.SetOutput(errs)
	set.BoolVar(&f.demo, "demo", false, say.Say("ui.flag.demo", nil))
	set.StringVar(&f.to, "to", "", say.Say("ui.flag.to", nil))
	set.BoolVar(&f.debug, "debug", false, say.Say("ui.flag.debug", nil))
	set.BoolVar(&f.version, "version", false, say.Say("ui.flag.version", nil))
	set.BoolVar(&f.background, "background", false, say.Say("ui.flag.background", nil))
	if err := set.Parse(args); err != nil {
		return f, err
	}
	if set.NArg() > 0 {
		fmt.Fprintln(errs, say.Say("ui.flag.unknown", words.Args{"Arg": set.Arg(0)}))
		return f, errors.New("unknown argument")
	}
	if f.to == "" {
		return f, nil
	}
	var err error
	f.to, err = filepath.Abs(f.to)
	return f, err
}

// run is the program. It returns when the window has closed.
func run(args []string, out, errs io.Writer) int {
	say := words.For(lang.SystemLocale().LanguageString())
	f, err := parse(args, errs, say)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		return exitUsage
	case f.version:
		fmt.Fprintln(out, appName, assets.Version)
		return exitOK
	case !hasScreen(runtime.GOOS, os.Getenv):
		fmt.Fprintln(errs, say.Say("ui.no-display", nil))
		return exitUsage
	}
	debug.SetGCPercent(garbage)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var show shower
	first, release, single := claim(ctx, f, show.show)
	defer release()
	if !first {
		if single != nil {
			fmt.Fprintln(errs, say.Say("ui.no-answer", nil))
			return exitFailed
		}
		return exitOK
	}
	log, file := logs(f, errs)
	defer file.Close()
	if single != nil {
		log.Warn("another start will not be noticed", "err", single)
	}
	app.SetMetadata(metadata())
	w, err := open(ctx, app.NewWithID(appID), f, say, log, file)
	if err != nil {
		fmt.Fprintln(errs, say.Say("ui.start-failed", words.Args{"Error": err.Error()}))
		return exitFailed
	}
	show.by(w.raise)
	w.showAndRun(ctx)
	return exitOK
}

// hasScreen reports whether a window can be shown. Without this question Fyne
// panics; on other systems than Linux and BSD there is always a screen.
func hasScreen(goos string, env func(string) string) bool {
	switch goos {
	case "darwin", "windows":
		return true
	}
	return env("DISPLAY") != "" || env("WAYLAND_DISPLAY") != ""
}

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/replay"
)

// command is what the flags say.
type command struct {
	address string // for phonesim.Listen
	state   string // "" keeps nothing
	phones  int
	phone   phonesim.Config
	version bool // is all that is asked for
	log     *slog.Logger
}

const usage = `phonesim answers at a socket as usbmuxd would with iPhones on the cable.

  phonesim --socket PATH | --tcp ADDRESS [flags]

It prints one line when it is ready. Point a program at it with
USBMUXD_SOCKET_ADDRESS=UNIX:///PATH, or =127.0.0.1:PORT with --tcp.
SIGINT or SIGTERM stops it. SIGUSR1 lets a log script (--log) go on that has
come to a @wait.

Backups after the first send only what changed. --change, --add and --delete edit
the content of --files, --seed or --content before the phone is plugged in;
@edit in a log script does so again while it runs, and @fault changes what goes
wrong. A POINT of a fault is a share of the backup, such as 0.5, or a number of
messages that the phone has sent, such as #17.

Flags:
`

// errUsage is a mistake in the flags that has been reported to the user.
var errUsage = errors.New("usage")

func exitCode(err error) int {
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	return 2
}

// parse reads the flags, and writes mistakes and help to out.
func parse(args []string, out io.Writer) (command, error) {
	c := command{phone: phonesim.DefaultConfig()}
	var socket, tcp, bytes string
	var files int
	var seed int64
	var verbose bool
	var transcripts []*replay.Transcript
	var pace float64
	f := flag.NewFlagSet("phonesim", flag.ContinueOnError)
	f.SetOutput(out)
	f.Usage = func() {
		fmt.Fprint(out, usage)
		f.PrintDefaults()
	}
	f.StringVar(&socket, "socket", "", "listen on the unix socket `PATH`")
	f.StringVar(&tcp, "tcp", "", "listen on the TCP `ADDRESS`, such as 127.0.0.1:27015 (port 0: any)")
	f.StringVar(&c.state, "state", "", "keep pairing, backup password and pair records in `DIR` (default: nothing is kept)")
	f.IntVar(&c.phones, "phones", 1, "plug in `N` phones alike but for name and UDID")
	f.IntVar(&files, "files", 60, "generate `N` files on the phone")
	f.StringVar(&bytes, "bytes", "4MiB", "of about `SIZE` in all")
	f.Int64Var(&seed, "seed", 1, "from `SEED`: the same seed gives the same files")
	f.Func("replay", "play what the transcript in `FILE` tells, of lifeboatctl --record, with invented content; again for the next one. A phone that had a backup password has \"replay\"", func(name string) error {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		t, err := replay.Parse(file)
		transcripts = append(transcripts, t)
		return err
	})
	f.Float64Var(&pace, "replay-pace", 0, "how long the phone is silent in a replay: 1 as recorded, 0 not at all")
	f.BoolVar(&c.version, "version", false, "print the version")
	f.BoolVar(&verbose, "verbose", false, "log what clients ask, on standard error")
	for _, s := range phonesim.Settings() {
		set := func(v string) error { return c.phone.Set(s.Name, v) }
		if s.Value == "" {
			f.BoolFunc(s.Name, s.Help, set)
		} else {
			f.Func(s.Name, "`"+s.Value+"`: "+s.Help, set)
		}
	}
	if err := f.Parse(args); err != nil {
		return c, err
	}
	fail := func(format string, a ...any) (command, error) {
		fmt.Fprintf(out, "phonesim: "+format+"\nSee phonesim --help.\n", a...)
		return c, errUsage
	}
	if len(transcripts) > 0 {
		player := replay.NewPlayer(transcripts...)
		player.Pace = pace
		c.phone.Play(player)
	}
	size, err := phonesim.ParseSize(bytes)
	switch {
	case f.NArg() > 0:
		return fail("%q is not a flag", f.Arg(0))
	case c.version:
		return c, nil
	case (socket == "") == (tcp == ""):
		return fail("give one of --socket and --tcp")
	case c.phones > 1 && len(transcripts) > 0:
		return fail("--replay is for one phone")
	case c.phones < 1 || c.phones > 1000:
		return fail("--phones must be 1 to 1000")
	case files < 0 || err != nil:
		return fail("--files and --bytes must be a number and a size")
	}
	if c.address = tcp; socket != "" {
		path, err := filepath.Abs(socket)
		if err != nil {
			return fail("%v", err)
		}
		c.address = "unix://" + path
	}
	if c.phone.Content == nil {
		c.phone.Content = content.Generate(seed, files, size)
	}
	c.log = slog.New(slog.DiscardHandler)
	if verbose {
		c.log = slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return c, nil
}

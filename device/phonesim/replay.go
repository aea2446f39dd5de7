package phonesim

import (
	"context"
	"encoding/binary"
	"io"
	"net"

	"lifeboat/device/phonesim/lockdownd"
	"lifeboat/device/phonesim/replay"
	"lifeboat/device/phonesim/wire"
)

// replayPassword is the backup password of a phone that plays a transcript in
// which it had one already.
const replayPassword = "replay"

// Play makes c a phone that says what transcripts tell, in their order, with
// invented content. A phone that had a backup password has "replay".
func (c *Config) Play(player *replay.Player) {
	c.Replay = player
	in := replay.NewInventor(player.First())
	c.UDID = in.UDID
	for _, s := range player.First().Streams {
		for _, m := range s.Messages {
			answer, _ := m.Value.(map[string]any)
			values, _ := answer["Value"].(map[string]any)
			if key, ok := answer["Key"].(string); ok {
				values = map[string]any{key: answer["Value"]}
			}
			for key, into := range map[string]*string{"ProductType": &c.ProductType, "ProductVersion": &c.Version, "BuildVersion": &c.Build} {
				if text, ok := values[key].(string); ok {
					*into = text
				}
			}
		}
	}
}

// playPassword gives the phone a backup password, if it had one.
func (p *Phone) playPassword() error {
	if p.cfg.Replay == nil || !p.cfg.Replay.First().Encrypted() {
		return nil
	}
	return p.agent.SetPassword(replayPassword)
}

// play has the transcript answer for lockdownd and for each service in it.
func (p *Phone) play() {
	player := p.cfg.Replay
	if player == nil {
		return
	}
	p.front.Plain = player.Plain
	p.front.Script = p.scripted
	for name, service := range p.front.Services {
		usual := service.Serve
		switch name {
		case "com.apple.mobilebackup2":
			service.Serve = func(ctx context.Context, conn net.Conn) error { return p.agent.ServeReplay(ctx, conn, player) }
		case "com.apple.os_trace_relay", "com.apple.syslog_relay", "com.apple.pcapd", "com.apple.crashreportmover":
			continue // of logs and packets a transcript has nothing
		default:
			service.Serve = func(ctx context.Context, conn net.Conn) error {
				transcript, stream := player.Start(name)
				if stream == nil {
					return usual(ctx, conn)
				}
				in := replay.NewInventor(transcript)
				in.UDID, in.Now = p.cfg.UDID, p.now()
				return (&playedService{player, transcript, stream, in}).serve(ctx, conn)
			}
		}
		p.front.Services[name] = service
	}
}

// scripted is the recorded answer of lockdownd. Of what cannot be invented,
// keys and sessions, only refusals are played.
func (p *Phone) scripted(request map[string]any) (map[string]any, bool) {
	said, in, ok := p.cfg.Replay.Answer(request)
	if !ok {
		return nil, false
	}
	_, refused := said["Error"]
	if request["Request"] != "GetValue" && !refused || request["Key"] == "DevicePublicKey" {
		return nil, false
	}
	in.UDID, in.Now = p.cfg.UDID, p.now()
	answer, _ := in.Value(said, "").(map[string]any)
	if values, ok := answer["Value"].(map[string]any); ok && values["DevicePublicKey"] != nil {
		values["DevicePublicKey"] = lockdownd.PublicKeyPEM(p.key)
	}
	return answer, true
}

// playedService is one connection to a service that is played.
type playedService struct {
	player     *replay.Player
	transcript *replay.Transcript
	stream     *replay.Stream
	in         *replay.Inventor
}

func (s *playedService) serve(ctx context.Context, conn net.Conn) error {
	if s.stream.Service == "com.apple.mobile.notification_proxy" {
		return s.notices(ctx, conn)
	}
	for i := range s.stream.Messages {
		m := &s.stream.Messages[i]
		var err error
		switch {
		case m.AFC != nil && m.Phone:
			err = s.sendPacket(conn, m.AFC)
		case m.AFC != nil:
			err = s.readPacket(conn)
		case m.Phone:
			err = wire.WriteXML(conn, s.in.Value(m.Value, ""))
		default:
			_, err = wire.Read(conn)
		}
		if err != nil {
			return err
		}
	}
	if s.stream.End != "computer" && s.stream.End != "" {
		return nil
	}
	_, err := io.Copy(io.Discard, conn)
	return err
}

// notices says the notifications when the backup has come to where they were.
func (s *playedService) notices(ctx context.Context, conn net.Conn) error {
	var orders []int
	for _, m := range s.stream.Messages {
		if m.Phone {
			orders = append(orders, m.Order)
		}
	}
	s.player.Notices(orders)
	defer s.player.Notices(nil)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		defer stop()
		io.Copy(io.Discard, conn)
	}()
	for _, m := range s.stream.Messages {
		if !m.Phone {
			continue
		}
		if err := s.player.After(ctx, m.Order-1); err != nil {
			return err
		}
		if err := wire.WriteXML(conn, s.in.Value(m.Value, "")); err != nil {
			return err
		}
		s.player.Noticed()
	}
	<-ctx.Done()
	return nil
}

const afcHead = 40

// readPacket reads a packet of AFC and keeps its number for the answer.
func (s *playedService) readPacket(conn net.Conn) error {
	var head [afcHead]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return err
	}
	rest := int64(binary.LittleEndian.Uint64(head[8:])) - afcHead
	_, err := io.CopyN(io.Discard, conn, max(rest, 0))
	return err
}

func (s *playedService) sendPacket(conn net.Conn, a *replay.AFC) error {
	packet := []byte("CFA6LPAA")
	for _, n := range []int64{afcHead + a.Bytes, afcHead + a.Bytes, 1, a.Op} {
		packet = binary.LittleEndian.AppendUint64(packet, uint64(n))
	}
	data := make([]byte, a.Bytes)
	for _, name := range []string{"status", "handle"} {
		if n, ok := a.Fields[name]; ok && len(data) >= 8 {
			binary.LittleEndian.PutUint64(data, uint64(n))
		}
	}
	_, err := conn.Write(append(packet, data...))
	return err
}

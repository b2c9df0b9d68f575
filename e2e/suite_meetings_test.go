//go:build e2e

package e2e

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// meetingsStack is one without webmail and virus scanner, which the tests of meetings share.
var meetingsStack = sync.OnceValues(func() (*suite, error) {
	return startSuite("groupware", "29", "services.sogo=false", "services.clamav=false", "services.autoconfig=false")
})

func meetings(t testing.TB) *suite {
	t.Helper()
	return must(meetingsStack())(t)
}

// invited is a link that an administrator makes.
func (s *suite) invited(t testing.TB, args ...string) string {
	t.Helper()
	return strings.TrimSpace(must(s.compose(time.Minute, append([]string{"exec", "-T", "meet", "invite"}, args...)...))(t))
}

// somebody is a browser with a camera that shows a moving picture. Its connections are kept for a look at them, and go the way that is named:
// all, or relay (through TURN alone).
func (s *suite) somebody(t testing.TB, way string, more ...chromedp.ExecAllocatorOption) *browser {
	t.Helper()
	b := s.browser(t, append(more, chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true))...)
	script := `(() => {
		const policy = "` + way + `", Real = window.RTCPeerConnection;
		window.connections = [];
		window.RTCPeerConnection = class extends Real {
			constructor(config, ...more) { super({...config, iceTransportPolicy: policy}, ...more); window.connections.push(this); }
			setConfiguration(config) { super.setConfiguration({...config, iceTransportPolicy: policy}); }
		};
	})()`
	_, err := chromedp.Run(b.Context, func(ctx context.Context, target *chromedp.Target) (page.AddScriptToEvaluateOnNewDocumentResult, error) {
		return cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// enterAsGuest opens a link, says a name and goes in.
func (b *browser) enterAsGuest(t testing.TB, link, name string) {
	t.Helper()
	b.do(t, "open the invitation", chromedp.Navigate(link))
	b.do(t, "say a name", chromedp.SendKeys(chromedp.CSS("#name"), name), chromedp.Click(chromedp.CSS("#guest button")))
	b.until(t, "be in the meeting", `!document.getElementById("meeting").hidden`)
}

// frame is what a browser shows of somebody now, in small.
func (b *browser) frame(who string) ([]byte, error) {
	expression := fmt.Sprintf(`(() => {
		const video = document.querySelector('figure[data-who=%q] video');
		if (!video || video.videoWidth === 0 || video.readyState < 2) return "";
		const canvas = document.createElement("canvas"), small = canvas.getContext("2d");
		canvas.width = 80; canvas.height = 45;
		small.drawImage(video, 0, 0, 80, 45);
		return btoa(String.fromCharCode(...small.getImageData(0, 0, 80, 45).data.filter((_, i) => i %% 4 === 0)));
	})()`, who)
	ctx, cancel := context.WithTimeout(b.Context, 20*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(text)
}

// sees waits until a browser shows somebody's picture, and it is one that moves.
func (b *browser) sees(t testing.TB, who string) {
	t.Helper()
	eventually(t, 2*patience, "the moving picture of "+who, func() error {
		before, err := b.frame(who)
		if err != nil || len(before) == 0 {
			return fmt.Errorf("no picture (%v)", err)
		}
		if slices.Max(before)-slices.Min(before) < 50 {
			return fmt.Errorf("a picture of one colour, %d to %d", slices.Min(before), slices.Max(before))
		}
		moved := 0
		for range 10 {
			time.Sleep(150 * time.Millisecond)
			after, err := b.frame(who)
			if err != nil || len(after) != len(before) {
				return fmt.Errorf("the picture went away (%v)", err)
			}
			changed := 0
			for i := range after {
				if max(after[i], before[i])-min(after[i], before[i]) > 40 {
					changed++
				}
			}
			if changed >= 10 {
				moved++
			}
			before = after
		}
		if moved < 3 {
			return fmt.Errorf("the picture stands still: it changed %d times", moved)
		}
		return nil
	})
}

// ways are how the connections of a browser that are in use leave it: udp, tcp, or relay and what leads there.
func (b *browser) ways(t testing.TB) []string {
	t.Helper()
	const expression = `(async () => {
		const ways = [];
		for (const connection of window.connections) {
			if (connection.connectionState !== "connected") continue;
			const stats = await connection.getStats();
			for (const transport of [...stats.values()].filter((one) => one.type === "transport" && one.selectedCandidatePairId)) {
				const local = stats.get(stats.get(transport.selectedCandidatePairId).localCandidateId);
				ways.push(local.relayProtocol ? "relay " + local.relayProtocol : local.protocol);
			}
		}
		return ways;
	})()`
	ctx, cancel := context.WithTimeout(b.Context, 20*time.Second)
	defer cancel()
	return must(chromedp.Run(ctx, chromedp.Evaluate[[]string](expression, chromedp.EvalAwaitPromise)))(t)
}

// Two guests see each other move: by the shortest way, through TURN alone, and through TURN over TLS where no UDP gets out.
func TestMailMeetingsShowMovingPictures(t *testing.T) {
	s := meetings(t)
	s.watch(t)
	tlsAlone := []chromedp.ExecAllocatorOption{chromedp.Flag("webrtc-ip-handling-policy", "disable_non_proxied_udp"), chromedp.Flag("force-webrtc-ip-handling-policy", true)}
	for _, c := range []struct {
		name, way, want string
		flags           []chromedp.ExecAllocatorOption
	}{
		{"directly", "all", "udp", nil},
		{"relayed", "relay", "relay udp", nil},
		{"relayed-by-tls", "relay", "relay tls", tlsAlone},
	} {
		t.Run(c.name, func(t *testing.T) {
			link := s.invited(t, c.name)
			one, other := s.somebody(t, c.way, c.flags...), s.somebody(t, c.way, c.flags...)
			one.enterAsGuest(t, link, "Gina")
			other.enterAsGuest(t, link, "Gus")
			one.sees(t, "Gus (guest)")
			other.sees(t, "Gina (guest)")
			for name, b := range map[string]*browser{"gina": one, "gus": other} {
				b.shoot(t, "meeting-"+c.name+"-"+name)
				eventually(t, patience, name+" is connected by "+c.want+" alone", func() error {
					if ways := b.ways(t); len(ways) == 0 || slices.ContainsFunc(ways, func(way string) bool { return way != c.want }) {
						return fmt.Errorf("it is by %q", ways)
					}
					return nil
				})
				b.blameless(t)
			}
			one.do(t, "leave", chromedp.Click(chromedp.CSS("#leave")))
			other.until(t, "be alone", `document.querySelectorAll("figure").length === 1`)
		})
	}
}

// signed is a token as somebody makes it who knows the secret, or does not.
func signed(t testing.TB, secret string, claims map[string]any) string {
	t.Helper()
	part := func(value any) string { return base64.RawURLEncoding.EncodeToString(must(json.Marshal(value))(t)) }
	text := part(map[string]string{"alg": "HS256", "typ": "JWT"}) + "." + part(claims)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// pass asks for one as the page does, with an invitation.
func (s *suite) pass(t testing.TB, invitation, name string, header ...string) (int, string) {
	t.Helper()
	headers := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i+1 < len(header); i += 2 {
		headers.Set(header[i], header[i+1])
	}
	body := must(json.Marshal(map[string]string{"invitation": invitation, "name": name}))(t)
	status, _, text := s.ask(t, s.client(), asked{method: "POST", address: s.webOrigin("meet") + "/meeting/guest", header: headers, body: string(body)})
	return status, text
}

func invitationOf(link string) string {
	_, text, _ := strings.Cut(link, "#")
	return text
}

// Only who was invited, or is logged in, gets a pass; it opens one room, for a while, and nothing else.
func TestMailMeetingsAreClosed(t *testing.T) {
	s := meetings(t)
	key, secret := s.secret(t, "meet_invitation_key"), s.secret(t, "meetings_secret")
	good := invitationOf(s.invited(t, "closed"))
	hour := time.Now().Add(time.Hour).Unix()
	claims := func(more map[string]any) map[string]any {
		all := map[string]any{"aud": "invitation", "room": "closed", "exp": hour, "jti": "x"}
		for name, value := range more {
			all[name] = value
		}
		return all
	}
	unsigned := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + strings.Split(good, ".")[1] + "."
	for what, invitation := range map[string]string{
		"nothing":                "",
		"a forged one":           signed(t, "a guess that is as long as it has to be", claims(nil)),
		"one without signature":  unsigned,
		"one that was cut":       good[:len(good)-3],
		"one for another room":   strings.Split(good, ".")[0] + "." + strings.Split(signed(t, key, claims(map[string]any{"room": "other"})), ".")[1] + "." + strings.Split(good, ".")[2],
		"one that has expired":   signed(t, key, claims(map[string]any{"exp": time.Now().Add(-time.Minute).Unix()})),
		"one for ever":           signed(t, key, map[string]any{"aud": "invitation", "room": "closed", "jti": "x"}),
		"another kind":           signed(t, key, claims(map[string]any{"aud": "session"})),
		"a pass, for the room":   signed(t, secret, claims(nil)),
		"one for no room's name": signed(t, key, claims(map[string]any{"room": "../admin"})),
	} {
		if status, body := s.pass(t, invitation, "Eve"); status != 403 || strings.Contains(body, "token") {
			t.Errorf("%s opens a meeting: %d %s", what, status, body)
		}
	}
	if status, body := s.pass(t, good, "Eve", "Origin", "https://evil.example"); status != 403 {
		t.Errorf("another site's page gets a pass: %d %s", status, body)
	}
	if status, body := s.pass(t, good, "Eve\u202e", "Origin", s.webOrigin("meet")); status != 403 {
		t.Errorf("a name that is written backwards: %d %s", status, body)
	}
	for _, path := range []string{"/meeting/enter", "/meeting/invitation"} {
		status, _, body := s.ask(t, s.client(), asked{method: "POST", address: s.webOrigin("meet") + path, header: http.Header{"Content-Type": {"application/json"},
			"Cookie": {"__Host-meet=eyJwZXJzb24iOnsibmFtZSI6IkV2ZSIsInN1YiI6ImV2ZSJ9fQ.aSlZAA.AAAAAAAAAAAAAAAAAAAAAAAAAAA"}}, body: `{"room": "closed"}`})
		if status != 401 {
			t.Errorf("%s for a stranger: %d %s", path, status, body)
		}
	}
	if out, err := s.compose(time.Minute, "exec", "-T", "meet", "invite", "../x"); err == nil || strings.Contains(out, "#") {
		t.Errorf("an invitation to no room: %s", out)
	}
}

// What LiveKit is told is signed by us, and what else it can do is not there for the outside.
func TestMailMeetingsAreAdministeredByNobody(t *testing.T) {
	s := meetings(t)
	status, body := s.pass(t, invitationOf(s.invited(t, "mine")), "Eve")
	var pass struct{ Room, Token string }
	if err := json.Unmarshal([]byte(body), &pass); err != nil || status != 200 || pass.Room != "mine" {
		t.Fatalf("%d %s (%v)", status, body, err)
	}
	enter := func(token string) int {
		status, _, _ := s.ask(t, s.client(), asked{method: "GET", address: s.webOrigin("meet") + "/rtc/validate?access_token=" + url.QueryEscape(token)})
		return status
	}
	if status := enter(pass.Token); status != 200 {
		t.Errorf("a pass of ours: %d", status)
	}
	secret, hour := s.secret(t, "meetings_secret"), time.Now().Add(time.Hour).Unix()
	video := map[string]any{"room": "mine", "roomJoin": true, "roomCreate": true, "roomList": true, "roomAdmin": true}
	for what, token := range map[string]string{
		"none":           "",
		"a forged one":   signed(t, "a guess that is as long as it has to be", map[string]any{"iss": "meet", "sub": "eve", "exp": hour, "video": video}),
		"an expired one": signed(t, secret, map[string]any{"iss": "meet", "sub": "eve", "exp": time.Now().Add(-time.Hour).Unix(), "video": video}),
		"one cut":        pass.Token[:len(pass.Token)-2],
	} {
		if status := enter(token); status != 401 {
			t.Errorf("LiveKit, with the token %s: %d", what, status)
		}
	}
	// Even with a token that may do all, which nobody has.
	all := signed(t, secret, map[string]any{"iss": "meet", "sub": "eve", "exp": hour, "video": video})
	for _, token := range []string{"", pass.Token, all} {
		for _, path := range []string{"/twirp/livekit.RoomService/ListRooms", "/rtc/../twirp/livekit.RoomService/ListRooms", "/rtc/%2e%2e/twirp/livekit.RoomService/ListRooms",
			"/rtc/..%2ftwirp/livekit.RoomService/ListRooms", "/twirp/livekit.RoomService/ListRooms%2f..%2f..%2f..%2frtc", "/twirp/livekit.RoomService/ListRooms/../../../rtc/x"} {
			status, _, body := s.ask(t, s.client(), asked{method: "POST", address: s.webOrigin("meet") + path, body: "{}",
				header: http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + token}}})
			if status < 300 || strings.Contains(body, `"rooms"`) {
				t.Errorf("%s: %d %s", path, status, body)
			}
		}
	}
	status, header, _ := s.ask(t, s.client(), asked{method: "GET", address: s.webOrigin("meet") + "/"})
	policy, permissions := header.Get("Content-Security-Policy"), header.Get("Permissions-Policy")
	if status != 200 || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "script-src 'self'") || !strings.Contains(permissions, "camera=(self)") {
		t.Errorf("the page: %d %q %q", status, policy, permissions)
	}
	if _, header, _ := s.ask(t, s.client(), asked{method: "GET", address: s.webOrigin("id") + "/"}); !strings.Contains(header.Get("Permissions-Policy"), "camera=()") {
		t.Errorf("another page may use the camera: %q", header.Get("Permissions-Policy"))
	}
	for _, line := range strings.Split(must(s.compose(time.Minute, "logs", "livekit", "meet", "nginx"))(t), "\n") {
		if strings.Contains(line, secret) || strings.Contains(line, pass.Token) || strings.Contains(line, "TURN password") {
			t.Errorf("a log has a secret: %s", line)
		}
	}
}

// A person logs in, enters a meeting by its name, and invites a guest from there.
func TestMailMeetingsPersonInvitesAGuest(t *testing.T) {
	s := meetings(t)
	s.watch(t)
	b := s.somebody(t, "all")
	b.do(t, "open the page", chromedp.Navigate(s.webOrigin("meet")+"/?room=staff"), chromedp.Click(chromedp.CSS("#login")), chromedp.WaitVisible(chromedp.CSS("input[name=login]")))
	b.identify(t, login{user: "anna", password: suitePassword})
	b.do(t, "be known", chromedp.WaitVisible(chromedp.CSS("#person")))
	b.do(t, "enter", chromedp.Click(chromedp.CSS("#person button")))
	b.until(t, "be in the meeting", `!document.getElementById("meeting").hidden`)
	b.do(t, "invite", chromedp.Click(chromedp.CSS("#invite")))
	b.until(t, "have a link", `document.getElementById("link").value !== ""`)
	link := must(chromedp.Run(b.Context, chromedp.Evaluate[string](`document.getElementById("link").value`)))(t)
	guest := s.somebody(t, "all")
	guest.enterAsGuest(t, link, "Gina")
	guest.sees(t, "Anna Adler")
	b.sees(t, "Gina (guest)")
	b.shoot(t, "meeting-person")
	guest.shoot(t, "meeting-guest")
	b.blameless(t)
	b.do(t, "log out", chromedp.Click(chromedp.CSS("#leave")), chromedp.Click(chromedp.CSS("#logout")))
	b.settle(t)
	b.shoot(t, "meeting-logged-out")
	b.do(t, "come back", chromedp.Navigate(s.webOrigin("meet")+"/"), chromedp.WaitVisible(chromedp.CSS("#stranger")))
	b.do(t, "log in again", chromedp.Click(chromedp.CSS("#login")), chromedp.WaitVisible(chromedp.CSS("input[name=login]")))
}

// What the pages of logins name, they have: a browser that is quick asks for fonts that a later style sheet replaces.
func TestMailMeetingsLoginPagesAreWhole(t *testing.T) {
	s := meetings(t)
	styles := s.webOrigin("id") + "/static/fomanticui/"
	status, _, text := s.ask(t, s.client(), asked{method: "GET", address: styles + "semantic.min.css"})
	named := regexp.MustCompile(`url\((themes/[^)]+)\)`).FindAllStringSubmatch(text, -1)
	if status != 200 || len(named) < 10 {
		t.Fatalf("the style sheet: %d, with %d names", status, len(named))
	}
	for _, name := range named {
		if status, _, body := s.ask(t, s.client(), asked{method: "GET", address: styles + name[1]}); status != 200 || !strings.HasPrefix(body, "wOF") {
			t.Errorf("%s: %d", name[1], status)
		}
	}
}

// relayTo makes a browser that is in a meeting send to somebody else through TURN: it takes what it was given for the meeting, and says that
// another address is that of its peer. It returns once a relay was there for a while, or after a minute without one.
const relayTo = `(async (host, port) => {
	const iceServers = window.connections[0].getConfiguration().iceServers;
	const one = new RTCPeerConnection({iceServers, iceTransportPolicy: "relay"}), other = new RTCPeerConnection();
	let relays = 0;
	one.onicecandidate = (e) => { if (e.candidate && e.candidate.type === "relay") relays++; };
	one.createDataChannel("x");
	await one.setLocalDescription(await one.createOffer());
	await other.setRemoteDescription(one.localDescription);
	await other.setLocalDescription(await other.createAnswer());
	await one.setRemoteDescription(other.localDescription);
	await one.addIceCandidate({candidate: "candidate:1 1 udp 2130706431 " + host + " " + port + " typ host", sdpMid: "0", sdpMLineIndex: 0});
	for (let i = 0; i < 60 && relays === 0; i++) await new Promise((done) => setTimeout(done, 1000));
	if (relays > 0) await new Promise((done) => setTimeout(done, 10000));
	return relays;
})(%q, %d)`

// Who is in a meeting reaches nobody else by TURN: not the host, and no container.
func TestMailMeetingsTURNLeadsNowhereElse(t *testing.T) {
	s := meetings(t)
	b := s.somebody(t, "relay")
	b.enterAsGuest(t, s.invited(t, "turn"), "Eve")
	// The host's address in the container's own network; without the patch, what is sent there arrives.
	victim := must(net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4zero}))(t)
	defer victim.Close()
	expression := fmt.Sprintf(relayTo, s.host(), victim.LocalAddr().(*net.UDPAddr).Port)
	if relays := must(chromedp.Run(b.Context, chromedp.Evaluate[int](expression, chromedp.EvalAwaitPromise)))(t); relays == 0 {
		t.Fatal("there was no relay, so that nothing was tried")
	}
	_ = victim.SetReadDeadline(time.Now().Add(time.Second))
	if n, from, err := victim.ReadFrom(make([]byte, 2000)); err == nil {
		t.Errorf("%d bytes came to %s through TURN, from %s", n, victim.LocalAddr(), from)
	}
}

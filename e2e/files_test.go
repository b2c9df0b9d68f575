//go:build e2e

package e2e

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tilePNG is a piece of map: grey, with a line at its edge.
func tilePNG() []byte {
	tile := image.NewRGBA(image.Rect(0, 0, 256, 256))
	for x := range 256 {
		for y := range 256 {
			shade := color.RGBA{0xdd, 0xe6, 0xea, 0xff}
			if x == 0 || y == 0 {
				shade = color.RGBA{0xaa, 0xbb, 0xc4, 0xff}
			}
			tile.Set(x, y, shade)
		}
	}
	var out bytes.Buffer
	_ = png.Encode(&out, tile)
	return out.Bytes()
}

// firmwareBuild makes a build without images.
const firmwareBuild = `
from swapper import load_model
org = load_model("openwisp_users", "Organization").objects.get(slug="default")
load = lambda name: load_model("firmware_upgrader", name)
category, _ = load("Category").objects.get_or_create(name="e2e", organization=org)
build, _ = load("Build").objects.get_or_create(category=category, version="1.0")
load("FirmwareImage").objects.filter(build=build).delete()
`

// A firmware image larger than what a web server lets through unless told otherwise, and than what Django keeps in memory.
func TestLargeUpload(t *testing.T) {
	s := shared(t)
	s.largeUpload(t, s.client(t))
}

// largeUpload is read back by a client that may be another machine's.
func (s *stack) largeUpload(t *testing.T, reader *http.Client) {
	t.Helper()
	s.watch(t, "nginx", "api")
	token := s.token(t)
	var build string
	s.django(t, firmwareBuild+`
answer(str(build.pk))
`, &build)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("type", "ar71xx-generic-tl-wdr4300-v1-il-squashfs-sysupgrade.bin")
	file := must(form.CreateFormFile("file", "image.bin"))(t)
	content := bytes.Repeat([]byte("firmware"), 8<<20/8)
	_, _ = file.Write(content)
	form.Close()
	address := s.origin("api") + "/api/v1/firmware-upgrader/build/" + build + "/image/"
	got := must(fetch(s.client(t), "POST", address, body.String(), "Content-Type", form.FormDataContentType(), "Authorization", "Bearer "+token))(t)
	id := jsonField(t, got, 201, "id")
	got = must(fetch(reader, "GET", address+id+"/download/", "", "Authorization", "Bearer "+token))(t)
	if got.status != 200 || got.body != string(content) {
		t.Errorf("the image came back with %d and %d of %d bytes", got.status, len(got.body), len(content))
	}
}

func TestPrivateFilesNeedLogin(t *testing.T) {
	s := shared(t)
	s.watch(t, "nginx", "dashboard")
	content := "firmware of the end-to-end test"
	var made struct{ File, Build, Image string }
	s.django(t, firmwareBuild+`
from django.core.files.base import ContentFile
image = load("FirmwareImage")(build=build, type="ar71xx-generic-tl-wdr4300-v1-il-squashfs-sysupgrade.bin")
image.file.save("openwrt-ar71xx-generic-tl-wdr4300-v1-il-squashfs-sysupgrade.bin", ContentFile(b"`+content+`"))
image.full_clean()
image.save()
answer({"file": image.file.name, "build": str(build.pk), "image": str(image.pk)})
`, &made)
	dashboard, api := s.origin("dashboard"), s.origin("api")
	stranger, admin := s.client(t), s.login(t)
	path := "/firmware/" + made.File
	if got := must(fetch(admin, "GET", dashboard+path, ""))(t); got.status != 200 || got.body != content {
		t.Errorf("the administrator got %s from %s", got, path)
	}
	for _, origin := range []string{dashboard, api} {
		for _, path := range []string{
			path,
			"/private/" + made.File,
			"/media/" + made.File,
			"/media/../private/" + made.File,
			"/media/%2e%2e/private/" + made.File,
			"/static/../private/" + made.File,
			"/static../private/" + made.File,
			"/api/v1/firmware-upgrader/build/" + made.Build + "/image/" + made.Image + "/download/",
		} {
			got := must(fetch(stranger, "GET", origin+path, ""))(t)
			if got.status == 200 || strings.Contains(got.body, content) {
				t.Errorf("a stranger got %s from %s%s", got, origin, path)
			}
		}
	}
}

// Whoever breaks into a service that writes into a volume which the edge hands out has the edge follow no link to its own keys.
func TestLinksAreNotHandedOut(t *testing.T) {
	s := shared(t)
	const key = "/run/nginx/conf/tls/privkey.pem"
	media := func(command string) {
		t.Helper()
		if out, err := s.compose(patience, "exec", "-T", "dashboard", "sh", "-c", "cd /opt/openwisp/media && "+command); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	media("echo here >e2e.txt && ln -sfn " + key + " e2e-key && ln -sfn /run e2e-run")
	t.Cleanup(func() { media("rm -f e2e.txt e2e-key e2e-run") })
	link := filepath.Join(s.dir, "custom", "static", "e2e-key")
	if err := os.Symlink(key, link); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(link) })
	c := s.client(t)
	if got := must(fetch(c, "GET", s.origin("dashboard")+"/media/e2e.txt", ""))(t); got.status != 200 || got.body != "here\n" {
		t.Fatalf("a file is not handed out: %s", got)
	}
	for _, origin := range []string{s.origin("dashboard"), s.origin("api")} {
		for _, path := range []string{"/media/e2e-key", "/media/e2e-run/nginx/conf/tls/privkey.pem", "/media/e2e-run/nginx/conf/nginx.conf", "/static/e2e-key"} {
			if got := must(fetch(c, "GET", origin+path, ""))(t); got.status != 404 || strings.Contains(got.body, "PRIVATE KEY") {
				t.Errorf("%s%s: %s", origin, path, got)
			}
		}
	}
}

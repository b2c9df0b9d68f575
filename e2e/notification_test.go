//go:build e2e

package e2e

import (
	"errors"
	"strings"
	"testing"
)

func TestNotificationReachesOpenPage(t *testing.T) {
	s := shared(t)
	s.watch(t, "websocket", "celery", "nginx")
	b := s.browser(t)
	b.signIn(t)
	// The page must have its websocket before something happens.
	eventually(t, patience, "the page opens its websocket", func() error {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, address := range b.joined {
			if strings.HasSuffix(address, "/ws/notification/") {
				return nil
			}
		}
		return errors.New("there is none to /ws/notification/")
	})
	message := "the end-to-end test says hello"
	s.django(t, `
from django.contrib.auth import get_user_model
from openwisp_notifications.signals import notify
admin = get_user_model().objects.get(username="admin")
notify.send(sender=admin, recipient=admin, type="generic_message", level="info", message="`+message+`", description="e2e")
`, nil)
	// Others may appear as well, of devices whose configuration is late.
	b.until(t, "the notification appears by itself", `[...document.querySelectorAll(".ow-notification-toast")]
		.some(toast => toast.offsetHeight > 30 && toast.textContent.includes(`+must(jsonText(message))(t)+`))`)
	b.shoot(t, "notification")
	b.blameless(t)
}

from django.conf import settings


def title(request):
    return {"openid_title": settings.OPENID_TITLE}

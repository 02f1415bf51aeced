"""Every page by its path. `tests/console/test_access.py` walks them all."""

from django.urls import path

from muster.console.views import dashboard, organizations, profile, setup, signing

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("sign-in", signing.sign_in, name="sign-in"),
    path("sign-out", signing.sign_out, name="sign-out"),
    path("setup", setup.setup, name="setup"),
    path("welcome", setup.welcome, name="welcome"),
    path("profile", profile.profile, name="profile"),
    path("profile/name", profile.name, name="profile-name"),
    path("profile/password", profile.password, name="profile-password"),
    path("profile/sessions/<uuid:session>/end", profile.session_end, name="session-end"),
    path("organizations/choose", organizations.choose, name="organization-choose"),
]

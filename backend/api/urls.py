"""The addresses of the API, all on one page."""

from __future__ import annotations

from csp.decorators import csp_update
from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from backend.api import applications, attention, services, tasks

# The page runs its own scripts and styles elements by script: the one place that needs more than the rest.
documentation = csp_update(
    {
        "script-src": ["'self'"],
        "connect-src": ["'self'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:"],
    }
)(SpectacularSwaggerSplitView.as_view(url_name="schema"))

urlpatterns = [
    path("v1/services", services.ServiceList.as_view()),
    path("v1/services/<slug:slug>", services.ServiceDetail.as_view()),
    path("v1/services/<slug:slug>/form", services.ServiceForm.as_view()),
    path("v1/services/<slug:slug>/applications", applications.Submissions.as_view()),
    path("v1/applications", applications.ApplicationList.as_view()),
    path("v1/applications/<uuid:case_id>", applications.ApplicationDetail.as_view()),
    path("v1/applications/<uuid:case_id>/messages", applications.ApplicationMailbox.as_view()),
    path("v1/notices/<uuid:notice_id>/document", applications.NoticeDocument.as_view()),
    path("v1/tasks", tasks.Inbox.as_view()),
    path("v1/tasks/<uuid:task_id>", tasks.TaskDetail.as_view()),
    path("v1/tasks/<uuid:task_id>/claim", tasks.TaskClaim.as_view()),
    path("v1/tasks/<uuid:task_id>/release", tasks.TaskRelease.as_view()),
    path("v1/tasks/<uuid:task_id>/complete", tasks.TaskComplete.as_view()),
    path("v1/cases/<uuid:case_id>", tasks.CaseDetail.as_view()),
    path("v1/attention", attention.AttentionList.as_view()),
    path("v1/attention/<uuid:command_id>/retry", attention.AttentionRetry.as_view()),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", documentation),
]

"""The addresses of the API, all on one page."""

from __future__ import annotations

from csp.decorators import csp_update
from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from backend.api import (
    absences,
    applications,
    attachments,
    attention,
    clerks,
    co_signatures,
    drafts,
    forms,
    guests,
    prefill_links,
    services,
    tasks,
    uploads,
)

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
    path("v1/services/<slug:slug>/form", forms.ServiceForm.as_view()),
    path("v1/services/<slug:slug>/code-lists/<str:name>", forms.ServiceCodeList.as_view()),
    path("v1/services/<slug:slug>/eligibility", forms.ServiceEligibility.as_view()),
    path("v1/services/<slug:slug>/applications", applications.Submissions.as_view()),
    path("v1/applications", applications.ApplicationList.as_view()),
    path("v1/applications/<uuid:case_id>", applications.ApplicationDetail.as_view()),
    path("v1/applications/<uuid:case_id>/messages", applications.ApplicationMailbox.as_view()),
    path("v1/notices/<uuid:notice_id>/document", applications.NoticeDocument.as_view()),
    path("v1/co-signatures/<uuid:co_signature_id>", co_signatures.CoSignatureDetail.as_view()),
    path("v1/co-signatures/<uuid:co_signature_id>/sign", co_signatures.CoSignatureSign.as_view()),
    path("v1/co-signatures/<uuid:co_signature_id>/decline", co_signatures.CoSignatureDecline.as_view()),
    path("v1/guests", guests.Guests.as_view()),
    path("v1/guests/confirm", guests.Confirmations.as_view()),
    path("v1/guests/codes", guests.LostCodes.as_view()),
    path("v1/tasks", tasks.Inbox.as_view()),
    path("v1/tasks/<uuid:task_id>", tasks.TaskDetail.as_view()),
    path("v1/tasks/<uuid:task_id>/claim", tasks.TaskClaim.as_view()),
    path("v1/tasks/<uuid:task_id>/release", tasks.TaskRelease.as_view()),
    path("v1/tasks/<uuid:task_id>/complete", tasks.TaskComplete.as_view()),
    path("v1/cases/<uuid:case_id>", tasks.CaseDetail.as_view()),
    path("v1/attention", attention.AttentionList.as_view()),
    path("v1/attention/<uuid:command_id>/retry", attention.AttentionRetry.as_view()),
    path("v1/units", clerks.Units.as_view()),
    path("v1/units/<slug:key>", clerks.UnitDetail.as_view()),
    path("v1/clerks", clerks.Clerks.as_view()),
    path("v1/clerks/<uuid:clerk_id>", clerks.ClerkDetail.as_view()),
    path("v1/clerks/<uuid:clerk_id>/deactivate", clerks.ClerkDeactivation.as_view()),
    path("v1/clerks/<uuid:clerk_id>/reactivate", clerks.ClerkReactivation.as_view()),
    path("v1/clerks/<uuid:clerk_id>/absences", absences.ClerkAbsences.as_view()),
    path("v1/me/absences", absences.OwnAbsences.as_view()),
    path("v1/absences/<uuid:absence_id>", absences.AbsenceDetail.as_view()),
    path("v1/absences/<uuid:absence_id>/end", absences.AbsenceEnd.as_view()),
    path("v1/services/<slug:slug>/drafts", drafts.Drafts.as_view()),
    path("v1/services/<slug:slug>/prefill-links", prefill_links.PrefillLinks.as_view()),
    path("v1/drafts", drafts.DraftList.as_view()),
    path("v1/drafts/<uuid:draft_id>", drafts.DraftDetail.as_view()),
    path("v1/drafts/<uuid:draft_id>/update", drafts.DraftUpdate.as_view()),
    path("v1/drafts/<uuid:draft_id>/submit", drafts.DraftSubmission.as_view()),
    path("v1/drafts/<uuid:draft_id>/attachments", uploads.DraftAttachments.as_view()),
    path("v1/attachments/<uuid:attachment_id>", uploads.Attachment.as_view()),
    path("v1/attachments/<uuid:attachment_id>/content", attachments.AttachmentContent.as_view()),
    path("v1/applications/<uuid:case_id>/attachments", attachments.ApplicationAttachments.as_view()),
    path("v1/cases/<uuid:case_id>/attachments", attachments.CaseAttachments.as_view()),
    path("v1/cases/<uuid:case_id>/attachments/<uuid:file_id>/content", attachments.CaseContent.as_view()),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", documentation),
]

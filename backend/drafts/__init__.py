"""Drafts: answers in the making, kept for whoever fills them in until they become an application."""

"""The tables, by subject. Rows never leave `data`: operations hand out frozen values instead."""

from __future__ import annotations

from data.store.models.base import Table, UtcField, bound_to, database
from data.store.models.cases import AnswerDraft, Case, Draft, RetentionReceipt
from data.store.models.clinics import Clinic, Setting, Staff, StaffRole
from data.store.models.log import AccessLog, LogReview
from data.store.models.patients import Patient, PatientCode, PatientRow, ProtectedAccess
from data.store.models.templates import Template, TemplateChange, TemplateDraft, TemplateUse, TemplateVersion

__all__ = [
    "TABLES",
    "AccessLog",
    "AnswerDraft",
    "Case",
    "Clinic",
    "Draft",
    "LogReview",
    "Patient",
    "PatientCode",
    "PatientRow",
    "ProtectedAccess",
    "RetentionReceipt",
    "Setting",
    "Staff",
    "StaffRole",
    "Table",
    "Template",
    "TemplateChange",
    "TemplateDraft",
    "TemplateUse",
    "TemplateVersion",
    "UtcField",
    "bound_to",
    "database",
]

TABLES: tuple[type[Table], ...] = (
    Clinic,
    Staff,
    StaffRole,
    Patient,
    ProtectedAccess,
    PatientCode,
    Template,
    TemplateVersion,
    TemplateChange,
    TemplateDraft,
    TemplateUse,
    Draft,
    Case,
    AnswerDraft,
    RetentionReceipt,
    AccessLog,
    LogReview,
    Setting,
)
"""All of them, each after those that it refers to."""

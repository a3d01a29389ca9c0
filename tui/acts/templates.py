"""The templates of a clinic, their versions, and the library."""

from __future__ import annotations

from tui.acts.act import Act
from tui.i18n import N_

TEMPLATES = (
    Act("template.new", "n", N_("New template"), N_("Build a new template"), "templates.create"),
    Act("template.edit", "enter", N_("Edit"), N_("Edit the highlighted template"), "templates.save"),
    Act(
        "template.copy",
        "c",
        N_("Copy"),
        N_("Make a new template out of the highlighted one"),
        "templates.copy",
    ),
    Act("template.publish", "p", N_("Publish"), N_("Let staff send this template"), "templates.publish"),
    Act(
        "template.retire",
        "r",
        N_("Retire"),
        N_("Take the template out of use; sent cases stay"),
        "templates.retire",
    ),
    Act(
        "template.library",
        "b",
        N_("Library"),
        N_("Add templates from the library that comes with Omvänt"),
        "library.add",
    ),
    Act(
        "library.add",
        "enter",
        N_("Add"),
        N_("Copy the highlighted template to the clinic"),
        "library.add",
    ),
    Act("library.preview", "f6", N_("Preview"), N_("See and answer the form as the patient will")),
    Act(
        "template.copy_to",
        "o",
        N_("To a clinic"),
        N_("Copy the highlighted template to another clinic of yours"),
        "templates.copy_to",
    ),
    Act(
        "template.versions",
        "v",
        N_("Versions"),
        N_("See its versions, what differs, and who changed what"),
        "template_versions.list_all",
    ),
    Act(
        "template.export",
        "e",
        N_("Export"),
        N_("Write the highlighted template to a file, for other systems"),
        "templates_fhir.export_template",
    ),
    Act(
        "template.import",
        "i",
        N_("Import"),
        N_("Make a template of a file from another system"),
        "templates_fhir.import_template",
    ),
    Act(
        "version.show",
        "enter",
        N_("Show"),
        N_("See the highlighted version as the patient sees it"),
        "template_versions.get",
    ),
    Act(
        "version.compare",
        "d",
        N_("What differs"),
        N_("Compare the highlighted version with another"),
        "template_versions.get",
    ),
    Act("version.mark", "space", N_("Mark"), N_("Mark a version, to compare another with it")),
    Act(
        "version.restore",
        "n",
        N_("New version"),
        N_("Make a new version from the highlighted one"),
        "template_versions.restore",
    ),
    Act(
        "version.history",
        "h",
        N_("History"),
        N_("See who changed what in the template, and when"),
        "template_versions.history",
    ),
    Act("change.show", "enter", N_("Show"), N_("Show all that the highlighted change was")),
)

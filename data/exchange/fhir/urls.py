"""Addresses that name things in FHIR. They are names: nothing is ever fetched from them."""

from __future__ import annotations

from typing import Final

_HL7: Final = "http://hl7.org/fhir/StructureDefinition/"
_SDC: Final = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
_OURS: Final = "https://omvant.se/fhir/StructureDefinition/"

# R4 (4.0.1), hl7.org/fhir/R4/extensibility-registry.html
MIN_VALUE: Final = f"{_HL7}minValue"
MAX_VALUE: Final = f"{_HL7}maxValue"
MIN_LENGTH: Final = f"{_HL7}minLength"
REGEX: Final = f"{_HL7}regex"
MAX_DECIMAL_PLACES: Final = f"{_HL7}maxDecimalPlaces"
MAX_SIZE: Final = f"{_HL7}maxSize"
MIME_TYPE: Final = f"{_HL7}mimeType"
MIN_OCCURS: Final = f"{_HL7}questionnaire-minOccurs"
MAX_OCCURS: Final = f"{_HL7}questionnaire-maxOccurs"
OPTION_EXCLUSIVE: Final = f"{_HL7}questionnaire-optionExclusive"
UNIT_OPTION: Final = f"{_HL7}questionnaire-unitOption"
UNIT_VALUE_SET: Final = f"{_HL7}questionnaire-unitValueSet"
REFERENCE_RESOURCE: Final = f"{_HL7}questionnaire-referenceResource"
CONSTRAINT: Final = f"{_HL7}questionnaire-constraint"

# What is exchanged and has no part in checking
ITEM_CONTROL: Final = f"{_HL7}questionnaire-itemControl"
SLIDER_STEP: Final = f"{_HL7}questionnaire-sliderStepValue"
UNIT: Final = f"{_HL7}questionnaire-unit"
HIDDEN: Final = f"{_HL7}questionnaire-hidden"
OPTION_PREFIX: Final = f"{_HL7}questionnaire-optionPrefix"
ENTRY_FORMAT: Final = f"{_HL7}entryFormat"
ORDINAL_VALUE: Final = f"{_HL7}ordinalValue"
VALUE_SET_ORDINAL_VALUE: Final = f"{_HL7}valueset-ordinalValue"
ITEM_WEIGHT: Final = f"{_HL7}itemWeight"

# R5's name for the constraint, which R4 questionnaires may carry too
TARGET_CONSTRAINT: Final = f"{_HL7}targetConstraint"

# Structured Data Capture (SDC) 3.0, for R4
MIN_QUANTITY: Final = f"{_SDC}minQuantity"
MAX_QUANTITY: Final = f"{_SDC}maxQuantity"
UNIT_OPEN: Final = f"{_SDC}unitOpen"
CALCULATED_EXPRESSION: Final = f"{_SDC}calculatedExpression"
ENABLE_WHEN_EXPRESSION: Final = f"{_SDC}enableWhenExpression"
ANSWER_EXPRESSION: Final = f"{_SDC}answerExpression"
OPTIONS_TOGGLE_EXPRESSION: Final = f"{_SDC}answerOptionsToggleExpression"

# Ours; docs/fhir.md says what they mean
CONFIRMATION: Final = f"{_OURS}confirmation"
TEMPLATE_NAME: Final = f"{_OURS}templateName"
STAFF_INSTRUCTION: Final = f"{_OURS}staffInstruction"
ANSWERABLE: Final = f"{_OURS}answerable"
PLACEHOLDERS: Final = f"{_OURS}placeholders"
SCORE: Final = f"{_OURS}score"
WHITE_BOX: Final = f"{_OURS}whiteBox"
WHITE_BOX_NAME: Final = f"{_OURS}whiteBoxName"
HEADING_LEVEL: Final = f"{_OURS}headingLevel"
PATTERN_MESSAGE: Final = f"{_OURS}patternMessage"
SCALE: Final = f"{_OURS}scale"
LEAST: Final = f"{_OURS}least"
MOST: Final = f"{_OURS}most"
NO_WORDING: Final = f"{_OURS}noWording"
SHOWN_WHEN: Final = f"{_OURS}shownWhen"

# Code systems
ITEM_CONTROL_CODES: Final = "http://hl7.org/fhir/questionnaire-item-control"

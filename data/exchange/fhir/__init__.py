"""Forms and answers as other systems write them: FHIR R4 in JSON (hl7.org/fhir/R4)."""

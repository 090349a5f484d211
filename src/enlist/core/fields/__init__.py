"""The fields a person, a course and an enrolment have."""

// tests of EventSchema

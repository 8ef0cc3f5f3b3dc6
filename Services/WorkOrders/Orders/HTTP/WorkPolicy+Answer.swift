import ServiceKit

extension WorkPolicy: Answer, Versioned {}

import EventSchema

/// What a work order of an open or a completed state still waits for.
enum Awaiting: String, Codable, CaseIterable, Sendable {
    case approval
    case verification
    /// Verified, and not yet closed.
    case closing
}

extension WorkOrder {
    /// Where it stands within its status. Who is assigned says the difference between `scheduled` and `assigned`, so that no change of one
    /// can leave the other behind.
    var phase: WorkOrderPhase {
        switch (status, awaits) {
        case (.open, .approval): .submitted
        case (.completed, .verification): .completed
        case (.completed, .closing): .verified
        default: WorkOrderPhase(status, isAssigned: isAssigned)
        }
    }

    mutating func enter(_ phase: WorkOrderPhase) {
        status = phase.status
        awaits =
            switch phase {
            case .submitted: .approval
            case .completed: .verification
            case .verified: .closing
            default: nil
            }
    }
}

import Access
import Commands
import EventSchema
import Foundation
import Identifiers

/// A signature under a work order: what somebody says of it, as it was then.
struct Signature: Codable, Hashable, Sendable {
    let id: SignatureID
    let tenant: TenantID
    let workOrder: WorkOrderID
    let meaning: SignatureMeaning
    /// The version that was signed.
    let version: Int64
    /// The form of what was signed; see ``WorkOrder/signedForm``.
    let form: Int32
    /// The SHA-256 of what was signed, in hexadecimal.
    let sha256: String
    let signedBy: UserID
    let signedAt: Date

    /// Of one work order.
    static let maximumCount = 50
    /// When a work order can be signed: what is in progress goes on changing.
    static let phases: Set<WorkOrderPhase> = [.completed, .verified, .closed]
}

/// Signs a work order.
struct SignWorkOrder: Input {
    var meaning: SignatureMeaning
    var version: Int64

    static let rules: Rules = [
        "meaning": .means(
            """
            `performed`: I have done the work, which needs the permission `workorder:execute`; `verified`: I have checked work of others, \
            `workorder:verify`; `accepted`: the organization takes it as done, `workorder:close`
            """
        ),
        "version": .whole(1...Int64.max).means(
            "The version that was read and is signed; another current version is a conflict"
        ),
    ]
}

/// Why a work order is not signed.
enum SignatureRefusal: Error, Hashable, Sendable {
    /// The work goes on, or was cancelled.
    case notCompleted(WorkOrderPhase)
    /// The person has not done the work.
    case notWorker
    /// The person has signed the same, with the same meaning.
    case signedAlready
    case tooMany
}

extension SignatureMeaning {
    /// What somebody needs to say it.
    var permission: Permission {
        switch self {
        case .performed: .workOrderExecute
        case .verified: .workOrderVerify
        case .accepted, .unknown: .workOrderClose
        }
    }
}

extension WorkOrder {
    /// Refuses a signature that would say what is not so.
    func requireSignable(as meaning: SignatureMeaning, by user: UserID, _ terms: Terms) throws {
        guard Signature.phases.contains(phase) else { throw SignatureRefusal.notCompleted(phase) }
        let workers = workedBy + terms.facts.labor.people
        switch meaning {
        case .performed:
            guard workers.contains(user) else { throw SignatureRefusal.notWorker }
        case .verified:
            if SeparatedDuties.verification.forbid(user, after: workers) { throw Refusal.samePerson(.verification) }
        case .accepted, .unknown: break
        }
    }
}

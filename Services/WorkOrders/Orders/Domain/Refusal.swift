import Access
import Commands
import EventSchema
import Identifiers
import Money

/// Why a work order is not created, changed or moved. Each case is a rule that a person can understand and act on.
enum Refusal: Error, Hashable, Sendable {
    case unknown(WorkOrderID)
    /// The caller can see it, but can't change it in this way.
    case outOfReach
    /// It is in the archive.
    case archived
    /// The work is expected to cost more than the caller approves.
    case aboveApprovalLimit(Amount)
    case unknownAsset(AssetID)
    case unknownAssignee(UserID)
    /// There is no such crew at the site, or it is archived.
    case unknownCrew(CrewID)
    case unknownTask(TaskID)
    case assetDecommissioned(String)
    /// The state of the asset, which is named by its code, does not admit work of this type.
    case workNotAdmitted(WorkOrderType, String, AssetStatus)
    case illegalTransition(Transition, from: WorkOrderPhase)
    /// The move needs a reason.
    case reasonMissing
    /// The step is for somebody else than who has taken an earlier one.
    case samePerson(SeparatedDuties)
    /// These fields can't be changed any more.
    case fixed([WorkOrderField], in: WorkOrderPhase)
    case notAssigned
    /// A rule of the tenant: work begins near its planned start.
    case outsideStartWindow(minutes: Int)
    /// A rule of the tenant: work is done by people who are qualified for it.
    case skillsMissing([String])
    /// Who is to do the work can't.
    case ineligible([Obstacle])
    /// Nobody of the crew can, or nobody for a skill.
    case crewIneligible([Obstacle], skill: String? = nil)
    case scheduleMissing
    case scheduleReversed
    case tasksPending([String])
    /// Tasks that were done without the answer that they ask for.
    case answersMissing([String])
    /// The tenant's policy asks for hours before work is completed.
    case laborMissing
    case notesMissing
    /// Nobody has said what became of these.
    case partsOpen([String])
    /// The work requires a permit to work of this kind.
    case permitMissing(PermitType)
    /// There is a permit, by its number, and it does not count at present.
    case permitNotInForce(String, PermitType, PermitStatus)
    /// Locks are on at these places.
    case isolationsOpen([String])
    case tooManyTasks
    /// The texts of all tasks together.
    case tasksTooLarge
    /// These have to be finished before.
    case taskWaits([String])
    /// Others wait for it, or were done after it.
    case taskNeeded([String])
    /// What a task asks for, and its place, are fixed when it is finished.
    case taskFinished(String)
    /// Only somebody who may verify the work skips it.
    case taskMandatory(String)
    /// A field, as the work order is now.
    case wrong(String, FieldRule)
    case closed(WorkOrderStatus)
    /// Only drafts are deleted.
    case notDraft(WorkOrderStatus)
    /// A draft stays when something is recorded on it that is there for good: costs, for example.
    case hasRecords
    case stale(current: Int64)
    case stalePolicy(current: Int64)

    /// Whether another state of the assignee would permit it.
    var isOfAssignee: Bool {
        switch self {
        case .unknownAssignee, .skillsMissing: true
        default: false
        }
    }
}

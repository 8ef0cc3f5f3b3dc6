import Access
import Commands
import EventSchema
import Foundation
import Identifiers
import Money

/// What a move needs beside its place in the table of moves.
enum Guard: String, CaseIterable, Sendable {
    case reason
    case assetState
    case start
    case newAssignee
    case assignee
    case eligible
    case startWindow
    case tasks
    case answers
    case labor
    case notes
    case parts
    case permits
    case isolations
    case otherThanRequester
    case otherThanWorker

    /// What each move needs, in the order in which it is checked.
    static let table: [Transition: [Guard]] = [
        .submit: [.assetState],
        .approve: [.otherThanRequester],
        .reject: [.reason],
        .schedule: [.assetState, .start, .eligible],
        .assign: [.newAssignee, .eligible],
        .start: [.assetState, .startWindow, .assignee, .eligible, .permits],
        .pause: [.reason],
        .resume: [.assignee, .eligible, .permits],
        .complete: [.tasks, .answers, .labor, .notes, .parts, .isolations],
        .verify: [.otherThanWorker],
        .reopen: [.reason, .permits],
        .cancel: [.reason, .isolations],
    ]

    /// What is needed, for the page of states.
    var text: String {
        switch self {
        case .reason: "a reason"
        case .assetState: "the asset's state admits work of this type"
        case .start: "a planned start, before the planned end"
        case .newAssignee: "somebody or a crew to give the work to"
        case .assignee: "somebody or a crew is assigned"
        case .eligible:
            "whoever does it is active, there at the time, and has the skills and the valid certificates; of a crew, somebody for each skill"
        case .startWindow: "the planned start is near, where the organization's rules say how near"
        case .tasks: "no task is pending"
        case .answers: "every task that was done has the answer that it asks for"
        case .labor: "somebody has recorded time, where the organization's policy asks for it"
        case .notes: "it says what was done, where the organization's policy asks for it"
        case .parts: "all parts that were reserved or issued are used, released or returned"
        case .permits: "the permits that it requires are in force, and none of its permits is suspended or has expired"
        case .isolations: "no lock of an isolation is on"
        case .otherThanRequester: "somebody else than who has asked for it"
        case .otherThanWorker: "somebody else than who has done the work"
        }
    }

    /// - Throws: The ``Refusal`` that names what is missing.
    func check(_ order: WorkOrder, _ move: MoveWorkOrder, _ terms: Terms) throws(Refusal) {
        switch self {
        case .reason:
            guard let reason = move.reason, !reason.isBlank else { throw .reasonMissing }
        case .assetState:
            try terms.facts.asset?.requireAdmitting(order.type)
        case .start:
            guard let start = move.scheduledStart else { throw .scheduleMissing }
            if let end = move.scheduledEnd.value ?? order.scheduledEnd, end <= start { throw .scheduleReversed }
        case .newAssignee:
            guard move.assignedTo != nil || move.crewId != nil else { throw .notAssigned }
        case .assignee:
            guard order.isAssigned else { throw .notAssigned }
        case .eligible:
            // The move says who does it, and when.
            break
        case .startWindow:
            guard terms.rules.allowsStart(at: terms.given, plannedFor: order.scheduledStart) else {
                throw .outsideStartWindow(minutes: terms.rules.startWindow ?? 0)
            }
        case .tasks:
            let pending = order.tasks.filter { $0.status == .pending }
            guard pending.isEmpty else { throw .tasksPending(pending.map(\.title)) }
        case .answers:
            // An instance of the version before does not ask for them.
            let open = order.tasks.filter { $0.status == .completed && $0.check != nil && $0.answer == nil }
            guard open.isEmpty else { throw .answersMissing(open.map(\.title)) }
        case .labor:
            guard !terms.facts.labor.people.isEmpty || !terms.policy.labor.holds(for: order, terms.facts.estimate)
            else {
                throw .laborMissing
            }
        case .notes:
            let given = move.completionNotes.value ?? order.completionNotes
            guard given?.isBlank == false || !terms.policy.notes.holds(for: order, terms.facts.estimate) else {
                throw .notesMissing
            }
        case .parts:
            guard terms.facts.openParts.isEmpty else { throw .partsOpen(terms.facts.openParts) }
        case .permits:
            try Self.requirePermits(order, terms.facts.permits, at: terms.now)
        case .isolations:
            let locked = terms.facts.permits.flatMap(\.locked)
            guard locked.isEmpty else { throw .isolationsOpen(locked) }
        case .otherThanRequester:
            try Self.require(.approval, terms.user, notOneOf: [order.createdBy, order.submittedBy])
        case .otherThanWorker:
            try Self.require(.verification, terms.user, notOneOf: order.workedBy + terms.facts.labor.people)
        }
    }

    /// What is asked for is in force at this moment, whenever the move was given: what has ended since protects nobody. A permit that is suspended says that
    /// something is wrong, also if the work does not require it; one that has expired is renewed by another one of its kind.
    private static func requirePermits(_ order: WorkOrder, _ permits: [PermitFact], at now: Date) throws(Refusal) {
        let inForce = Set(permits.filter { $0.isInForce(at: now) }.map(\.kind))
        for kind in order.requiredPermits where !inForce.contains(kind) {
            guard let other = permits.last(where: { $0.kind == kind }) else { throw .permitMissing(kind) }
            throw .permitNotInForce(other.number, kind, other.status(at: now))
        }
        let broken = permits.first {
            let status = $0.status(at: now)
            let counted = [.active, .suspended, .expired].contains($0.status)
            return counted && (status == .suspended || status == .expired && !inForce.contains($0.kind))
        }
        if let broken { throw .permitNotInForce(broken.number, broken.kind, broken.status(at: now)) }
    }

    /// What is needed of the work order as it is after the move.
    func check(after order: WorkOrder, _ transition: Transition, _ terms: Terms) throws(Refusal) {
        guard self == .eligible else { return }
        let begins = transition == .start || transition == .resume
        try order.requireEligible(
            terms.facts.workforce,
            begun: begins ? terms.given : nil,
            under: terms.rules,
            at: terms.now
        )
    }

    private static func require(
        _ duties: SeparatedDuties,
        _ person: UserID?,
        notOneOf earlier: [UserID?]
    ) throws(Refusal) {
        if let person, duties.forbid(person, after: earlier.compactMap(\.self)) { throw .samePerson(duties) }
    }
}

/// By whom, when, and under which rules something is decided.
struct Terms: Sendable {
    /// `nil` when it follows from another event.
    var user: UserID?
    var now: Date
    /// When it was given, if that was earlier, on a device.
    var given: Date
    /// The tenant's rules that deny.
    var rules = AttributeRules()
    var facts = Facts()

    var policy: WorkPolicy { facts.policy }

    init(
        by user: UserID?,
        at now: Date,
        given: Date? = nil,
        under rules: AttributeRules = AttributeRules(),
        _ facts: Facts = Facts()
    ) {
        (self.user, self.now, self.given, self.rules, self.facts) = (user, now, given ?? now, rules, facts)
    }
}

/// What the store knows beside the work order.
struct Facts: Sendable {
    var policy = WorkPolicy()
    /// Whether who decides may verify this work.
    var mayVerify = false
    /// What the meter that a task asks for showed last.
    var lastReading: String?
    /// Those files of the work order that an answer may name as its photo.
    var images: [AttachmentID] = []
    var isAssetInService = true
    /// `nil` while it is unknown here.
    var asset: AssetFacts?
    /// What is known of the hours that were recorded.
    var labor = LaborFacts()
    /// Where people are concerned, what is known of them.
    var workforce: Workforce?
    /// What the work is expected to cost, if somebody has said so.
    var estimate: Amount?
    /// The numbers of the parts of which pieces are reserved, or issued and neither used nor returned.
    var openParts: [String] = []
    /// Its permits that are neither closed nor cancelled.
    var permits: [PermitFact] = []
    /// The id of a work order that follows from this one, if one does.
    var followUp = WorkOrderID.new()
}

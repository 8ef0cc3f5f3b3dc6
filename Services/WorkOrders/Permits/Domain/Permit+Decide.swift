import Access
import Commands
import EventSchema
import Foundation
import Identifiers

extension Permit {
    /// - Parameter count: How many permits the work order has already, those that are over included.
    static func drafted(_ new: CreatePermit, id: PermitID, count: Int, _ terms: PermitTerms) throws -> Permit {
        let order = terms.order
        try order.requireOpenForPermits()
        guard count < maximumCount else { throw PermitRefusal.tooMany }
        let permit = Permit(
            id: id,
            tenant: order.tenant,
            workOrder: order.id,
            site: order.site,
            asset: order.asset,
            number: "\(order.number)/P\(count + 1)",
            kind: new.kind,
            status: .draft,
            title: new.title,
            description: new.description,
            location: new.location,
            hazards: new.hazards?.map(Hazard.init) ?? [],
            ppe: new.ppe ?? [],
            precautions: new.precautions ?? [],
            workers: (new.workers ?? []).withoutRepetitions,
            validFrom: new.validFrom,
            validUntil: new.validUntil,
            checklist: new.checklist?.map { Check(item: $0) } ?? [],
            approvals: [],
            extensions: [],
            suspensions: [],
            steps: [],
            coordinatedWith: [],
            createdAt: terms.now,
            createdBy: terms.user,
            updatedAt: terms.now,
            version: 1,
            isolations: .planned(new.isolations ?? [], of: id)
        )
        try permit.requireTime()
        return permit
    }

    /// Changes what is asked for; `nil` when nothing differs. What somebody is to approve stays as it is.
    func changed(_ change: ChangePermit, seen: Int64?, _ terms: PermitTerms) throws -> Permit? {
        try requireVersion(change.version ?? seen)
        guard status == .draft else { throw PermitRefusal.notDraft(status) }
        try terms.order.requireOpenForPermits()
        var next = self
        change.title.apply(to: &next.title)
        change.description.apply(to: &next.description)
        change.location.apply(to: &next.location)
        if let hazards = change.hazards.value { next.hazards = hazards.map(Hazard.init) }
        change.ppe.apply(to: &next.ppe)
        change.precautions.apply(to: &next.precautions)
        if let workers = change.workers.value { next.workers = workers.withoutRepetitions }
        change.validFrom.apply(to: &next.validFrom)
        change.validUntil.apply(to: &next.validUntil)
        if let items = change.checklist.value, items != checklist.map(\.item) {
            next.checklist = items.map { Check(item: $0) }
        }
        if let points = change.isolations.value, points != isolations.map(NewIsolation.init) {
            next.isolations = .planned(points, of: id)
        }
        guard next != self else { return nil }
        try next.requireTime()
        return next.next(at: terms.now) { _ in }
    }

    private func requireTime() throws(Refusal) {
        guard validFrom < validUntil else { throw .wrong("validUntil", .after("validFrom")) }
        guard validUntil.timeIntervalSince(validFrom) <= Double(Self.maximumDays) * 86_400 else {
            throw .wrong("validUntil", .tooLongValid)
        }
    }

    /// Moves the permit to another status, or throws the reason why it can't: ``PermitMove/table`` says which moves there are, and
    /// ``PermitGuard/table`` what each of them needs.
    func moved(_ transition: PermitMove, _ move: MovePermit, seen: Int64?, _ terms: PermitTerms) throws -> Permit {
        try requireVersion(move.version ?? seen)
        guard let target = PermitMove.table[status]?[transition] else {
            throw PermitRefusal.illegalMove(transition, from: status)
        }
        for needed in PermitGuard.table[transition] ?? [] { try needed.check(self, move, terms) }
        // What goes on has a bound; what stops work is never refused for it.
        let goesOn = transition == .submit || transition == .resume
        guard !goesOn || approvals.count + suspensions.count + steps.count < Self.maximumMoves else {
            throw PermitRefusal.tooMany
        }
        return next(at: terms.now) { permit in
            permit.status = target
            permit.note(transition, move, terms)
        }
    }

    /// What is kept of a move beside the status.
    private mutating func note(_ transition: PermitMove, _ move: MovePermit, _ terms: PermitTerms) {
        let (user, now) = (terms.user, terms.now)
        switch transition {
        case .submit:
            submittedBy = user
            keep(.submit, move, terms)
        case .approve:
            approvals.append(Approval(decision: .approved, by: user, at: now, comment: move.reason))
        case .reject:
            approvals.append(Approval(decision: .rejected, by: user, at: now, comment: move.reason))
        case .activate:
            coordinatedWith = terms.conflicts.map(\.id)
            keep(.activate, move, terms)
        case .suspend:
            suspensions.append(Suspension(reason: move.reason ?? "", by: user, at: now))
        case .resume:
            guard let open = openSuspension else { return }
            (suspensions[open].resumedBy, suspensions[open].resumedAt) = (user, now)
            suspensions[open].resumedBecause = move.reason
        case .close:
            closure = Closure(by: user, at: now, workCompleted: move.workCompleted ?? true, note: move.reason)
        case .withdraw:
            keep(.withdraw, move, terms)
        case .cancel:
            keep(.cancel, move, terms)
        }
    }

    private mutating func keep(_ step: Step.Move, _ move: MovePermit, _ terms: PermitTerms) {
        steps.append(Step(move: step, by: terms.user, at: terms.now, reason: move.reason))
    }

    /// Its time is over; `nil` while it is not, and where it no longer counts. Its locks stay on.
    func expired(at now: Date) -> Permit? {
        guard expires, now >= validUntil else { return nil }
        return next(at: now) { $0.status = .expired }
    }

    /// The work that it was for is not done any more; `nil` where it stays for somebody to close.
    func dropped(at now: Date) -> Permit? {
        guard PermitMove.table[status]?[.cancel] != nil, locked.isEmpty else { return nil }
        return next(at: now) { $0.status = .cancelled }
    }

    // MARK: - The checklist

    /// - Parameter number: 1 for the first item.
    func checked(_ number: Int64, _ check: CheckItem, seen: Int64?, _ terms: PermitTerms) throws -> Permit? {
        try requireVersion(check.version ?? seen)
        guard let index = Int(exactly: number - 1), checklist.indices.contains(index) else {
            throw PermitRefusal.unknownItem
        }
        guard status == .approved || status == .suspended else { throw PermitRefusal.notBeforeWork(status) }
        var item = checklist[index]
        item.comment = check.comment
        if item.isChecked != check.isChecked {
            item.isChecked = check.isChecked
            (item.checkedBy, item.checkedAt) = check.isChecked ? (terms.user, terms.now) : (nil, nil)
        }
        guard item != checklist[index] else { return nil }
        return next(at: terms.now) { $0.checklist[index] = item }
    }

    // MARK: - Extensions

    func askingForMore(_ request: ExtendPermit, seen: Int64?, _ terms: PermitTerms) throws -> Permit {
        try requireVersion(request.version ?? seen)
        guard [.approved, .active, .suspended].contains(status) else { throw PermitRefusal.notExtendable(status) }
        try PermitGuard.time.check(self, MovePermit(), terms)
        guard openExtension == nil else { throw PermitRefusal.extensionOpen }
        guard extensions.count < Self.maximumExtensions else { throw PermitRefusal.tooMany }
        guard request.until > validUntil else { throw Refusal.wrong("until", .after("validUntil")) }
        guard request.until.timeIntervalSince(validFrom) <= Double(Self.maximumDays) * 86_400 else {
            throw Refusal.wrong("until", .tooLongValid)
        }
        return next(at: terms.now) {
            $0.extensions.append(
                Extension(
                    until: request.until,
                    reason: request.reason,
                    requestedBy: terms.user,
                    requestedAt: terms.now
                )
            )
        }
    }

    /// Somebody else than who has asked for more time decides about it.
    func decided(_ decision: DecideExtension, seen: Int64?, _ terms: PermitTerms) throws -> Permit {
        try requireVersion(decision.version ?? seen)
        guard let open = openExtension else { throw PermitRefusal.noExtension }
        guard [.approved, .active, .suspended].contains(status) else { throw PermitRefusal.notExtendable(status) }
        try PermitGuard.time.check(self, MovePermit(), terms)
        guard extensions[open].requestedBy != terms.user else { throw Refusal.samePerson(.approval) }
        return next(at: terms.now) {
            $0.extensions[open].decision = Approval(
                decision: decision.decision,
                by: terms.user,
                at: terms.now,
                comment: decision.comment
            )
            if decision.decision == .approved { $0.validUntil = $0.extensions[open].until }
        }
    }
}

extension Hazard {
    fileprivate init(_ new: NewHazard) {
        self.init(kind: new.kind, severity: new.severity, mitigation: new.mitigation)
    }
}

extension FieldRule {
    fileprivate static let tooLongValid = FieldRule(
        code: "permit_too_long",
        "must be at most \(Permit.maximumDays) days after validFrom: longer work needs another permit",
        ["days": "\(Permit.maximumDays)"]
    )
}

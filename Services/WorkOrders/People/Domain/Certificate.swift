import Commands
import EventSchema
import Foundation
import Identifiers

/// What proves that a person has a skill. It is never deleted: one that does not count any more is revoked.
struct Certificate: Codable, Hashable, Sendable {
    let id: CertificateID
    let tenant: TenantID
    let person: UserID
    /// As the organization's list of skills has it.
    let skill: String
    var number: String?
    var issuer: String?
    var issuedOn: LocalDay?
    /// The last day on which it is valid; `nil` when it does not end.
    var validUntil: LocalDay?
    var status: CertificateStatus
    /// Why it is suspended or revoked.
    var reason: String?
    let createdAt: Date
    let createdBy: UserID
    var updatedAt: Date
    /// Counts its changes.
    var version: Int64

    static func created(
        _ new: AddCertificate,
        id: CertificateID,
        proving skill: String,
        of tenant: TenantID,
        by user: UserID,
        at now: Date
    ) -> Certificate {
        Certificate(
            id: id,
            tenant: tenant,
            person: new.userId,
            skill: skill,
            number: new.number,
            issuer: new.issuer,
            issuedOn: new.issuedOn.flatMap(LocalDay.init),
            validUntil: new.validUntil.flatMap(LocalDay.init),
            status: .active,
            reason: nil,
            createdAt: now,
            createdBy: user,
            updatedAt: now,
            version: 1
        )
    }

    /// The certificate after a correction; `nil` when nothing differs.
    func corrected(
        _ change: ChangeCertificate,
        seen: Int64?,
        at now: Date
    ) throws(CertificateRefusal) -> Certificate? {
        try requireOpen(seen: change.version ?? seen)
        var next = self
        change.number.apply(to: &next.number)
        change.issuer.apply(to: &next.issuer)
        if case .set(let day) = change.issuedOn { next.issuedOn = day.flatMap(LocalDay.init) }
        if case .set(let day) = change.validUntil { next.validUntil = day.flatMap(LocalDay.init) }
        if let isSuspended = change.isSuspended.value {
            next.status = isSuspended ? .suspended : .active
            next.reason = isSuspended ? change.reason.value ?? next.reason : nil
            guard !isSuspended || next.reason != nil else { throw .reasonMissing }
        }
        if let first = next.issuedOn, let last = next.validUntil, last < first { throw .reversed }
        guard next != self else { return nil }
        (next.updatedAt, next.version) = (now, version + 1)
        return next
    }

    /// It does not come back: another one takes its place.
    func revoked(because reason: String, seen: Int64?, at now: Date) throws(CertificateRefusal) -> Certificate {
        try requireOpen(seen: seen)
        var next = self
        (next.status, next.reason) = (.revoked, reason)
        (next.updatedAt, next.version) = (now, version + 1)
        return next
    }

    private func requireOpen(seen: Int64?) throws(CertificateRefusal) {
        if let seen, seen != version { throw .stale(current: version) }
        guard status != .revoked else { throw .revoked }
    }
}

enum CertificateStatus: String, CaseIterable, Codable, Sendable {
    case active, suspended, revoked
}

/// Adds a certificate of a person.
struct AddCertificate: Input {
    var userId: UserID
    var skill: String
    var number: String?
    var issuer: String?
    var issuedOn: String?
    var validUntil: String?

    static let rules: Rules = Certificate.rules.merging([
        "userId": .means("Whose it is"),
        "skill": .line(1...64).means("What it proves: one of the organization's skills").example("high voltage"),
    ]) { $1 }

    func check(_ errors: inout FieldErrors) {
        guard let first = issuedOn.flatMap(LocalDay.init), let last = validUntil.flatMap(LocalDay.init) else { return }
        errors.require(first <= last, "validUntil", .endsBeforeIssue)
    }
}

/// Corrects a certificate. An absent field keeps its value, and `null` clears it.
struct ChangeCertificate: Input {
    var number: Patch<String?> = .keep
    var issuer: Patch<String?> = .keep
    var issuedOn: Patch<String?> = .keep
    var validUntil: Patch<String?> = .keep
    var isSuspended: Patch<Bool> = .keep
    var reason: Patch<String> = .keep
    /// The version that the caller has seen; `nil` changes any version.
    var version: Int64?

    static let rules: Rules = Certificate.rules.merging([
        "isSuspended": .means("true: it does not count until it is false again; needs a reason"),
        "reason": Certificate.reasonRule,
        "version": .whole(1...Int64.max).means(
            "The version that the client read last; another current version is a conflict"
        ),
    ]) { $1 }
}

/// Revokes a certificate, for good.
struct RevokeCertificate: Input {
    var reason: String

    static let rules: Rules = ["reason": Certificate.reasonRule]

    func check(_ errors: inout FieldErrors) { errors.require(!reason.isBlank, "reason", .blank) }
}

/// The filter of a list of certificates.
struct CertificateFilter: Input {
    var userId: UserID?
    var skill: String?
    var siteId: SiteID?
    var status: [CertificateStatus]?
    var expiringBefore: String?

    static let rules: Rules = [
        "skill": .line(1...64).means("Only certificates of this skill"),
        "siteId": .means("Only certificates of people of this site"),
        "status": .items(1...CertificateStatus.allCases.count).means(
            "One of these; repeat the parameter for several"
        ),
        "expiringBefore": Rule.day.means("Only certificates whose last day is before this one"),
    ]
}

extension Certificate {
    fileprivate static let rules: Rules = [
        "number": .line(1...64).means("The number that its issuer has given it"),
        "issuer": .line(1...200).means("Who has issued it"),
        "issuedOn": Rule.day.means("When it was issued"),
        "validUntil": Rule.day.means(
            "The last day on which it is valid, by the clock of the site where the work is; without it, it does not end"
        ),
    ]
    fileprivate static let reasonRule = Rule.text(1...2000).means("Why it does not count")
}

extension FieldRule {
    static let endsBeforeIssue = FieldRule(code: "ends_before_issue", "must not be before issuedOn")
}

/// A certificate's place in a list: those that end first come first.
struct CertificatePosition: Codable, Sendable {
    /// `9999-12-31` where it does not end.
    var validUntil: String
    var id: CertificateID

    static let never = "9999-12-31"
}

/// Why a certificate is not added or changed.
enum CertificateRefusal: Error, Hashable, Sendable {
    case unknown
    case outOfReach
    case unknownPerson
    case unknownSkill
    case reasonMissing
    /// It would end before it was issued.
    case reversed
    case revoked
    case tooMany
    case stale(current: Int64)
    case staleSkills(current: Int64)
}

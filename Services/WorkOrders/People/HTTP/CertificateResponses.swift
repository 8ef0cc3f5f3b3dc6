import Foundation
import Identifiers
import ServiceKit

/// The skills of an organization as clients see them.
struct SkillsResponse: Answer, Codable, Versioned {
    var skills: [Skill]
    var version: Int64

    init(_ list: SkillList) { (skills, version) = (list.skills, list.version) }
}

/// A certificate as clients see it.
struct CertificateResponse: Answer, Codable, Versioned {
    var id: CertificateID
    var userId: UserID
    var skill: String
    var number: String?
    var issuer: String?
    var issuedOn: String?
    /// The last day on which it is valid; absent when it does not end.
    var validUntil: String?
    var status: CertificateStatus
    /// Whether it is active and its last day has not passed, by Greenwich's calendar. For work, the calendar of its site counts.
    var isValid: Bool
    /// Why it is suspended or revoked.
    var reason: String?
    var createdAt: Date
    var createdBy: UserID
    var updatedAt: Date
    var version: Int64

    init(_ certificate: Certificate, at now: Date) {
        id = certificate.id
        userId = certificate.person
        skill = certificate.skill
        number = certificate.number
        issuer = certificate.issuer
        issuedOn = certificate.issuedOn?.rawValue
        validUntil = certificate.validUntil?.rawValue
        status = certificate.status
        let today = LocalDay(of: now, in: .gmt)
        isValid = certificate.status == .active && certificate.validUntil.map { $0 >= today } ?? true
        reason = certificate.reason
        createdAt = certificate.createdAt
        createdBy = certificate.createdBy
        updatedAt = certificate.updatedAt
        version = certificate.version
    }
}

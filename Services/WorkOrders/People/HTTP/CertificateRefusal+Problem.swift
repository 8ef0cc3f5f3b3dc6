import Commands
import HTTPTypes
import ServiceKit

extension CertificateRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown: .notFound("certificate")
        case .outOfReach: .tooNarrow("your permission does not cover this person's certificates")
        case .unknownPerson: .field("userId", FieldRule(problem: "unknown_person", "there is no such active user"))
        case .unknownSkill:
            .field("skill", FieldRule(problem: "unknown_skill", "is none of the organization's skills"))
        case .reasonMissing: .field("reason", .required("is required to suspend a certificate"))
        case .reversed: .field("validUntil", .endsBeforeIssue)
        case .revoked: Problem(.conflict, "certificate_revoked", "the certificate was revoked: it stays as it is")
        case .tooMany:
            Problem(
                .conflict,
                "too_many_certificates",
                "a person has at most \(CertificateStore.maximumCount) certificates",
                ["maximum": "\(CertificateStore.maximumCount)"]
            )
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the certificate: read it again",
                currentVersion: current
            )
        case .staleSkills(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the skills: read them again",
                currentVersion: current
            )
        }
    }
}

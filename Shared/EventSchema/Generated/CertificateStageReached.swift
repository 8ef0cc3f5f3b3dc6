// Made by `make events` from Schemas/people.certificate-stage.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted once when a person's certificate will soon expire, and once when it has expired.
public struct CertificateStageReached: Event {
    public static let name = "people.certificate-stage.v1"
    public static let topic = Topic.workOrderEvents

    public var certificate: CertificateID
    public var tenant: TenantID
    /// Who holds it.
    public var person: UserID
    /// What it proves, in the tenant's words.
    public var skill: String
    public var stage: CertificateStage
    /// The last day on which it is valid, `YYYY-MM-DD`.
    public var validUntil: String
    public var at: Date

    public var key: String { certificate.description }

    public init(
        certificate: CertificateID,
        tenant: TenantID,
        person: UserID,
        skill: String,
        stage: CertificateStage,
        validUntil: String,
        at: Date
    ) {
        self.certificate = certificate
        self.tenant = tenant
        self.person = person
        self.skill = skill
        self.stage = stage
        self.validUntil = validUntil
        self.at = at
    }
}

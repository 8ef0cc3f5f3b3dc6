import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/skills` and `/api/v1/certificates`: what people can do, and what proves it.
struct CertificateRoutes: Sendable {
    let store: CertificateStore
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("work-orders", store.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(.get, "/skills", "Read the organization's skills", .requires(.workOrderRead), use: skills),
            Route(
                .put,
                "/skills",
                "Set the organization's skills",
                .requires(.skillManage),
                .versioned,
                use: setSkills
            ),
            Route(.get, "/certificates", "List people's certificates", .requires(.skillManage), use: list),
            Route(
                .post,
                "/certificates",
                "Add a certificate of a person",
                .requires(.skillManage),
                .refuses([.conflict]),
                use: add
            ),
            Route(.get, "/certificates/{id}", "Read a certificate", .requires(.skillManage), use: read),
            Route(
                .patch,
                "/certificates/{id}",
                "Correct a certificate",
                .requires(.skillManage),
                .versioned,
                use: change
            ),
            Route(
                .post,
                "/certificates/{id}/revocation",
                "Revoke a certificate",
                .requires(.skillManage),
                .versioned,
                use: revoke
            ),
        ]
    }

    @Sendable func skills(_ call: Call<NoInput>) async throws -> SkillsResponse {
        SkillsResponse(try await store.skills(of: try call.principal.tenant))
    }

    @Sendable func setSkills(_ call: Call<SetSkills>) async throws -> SkillsResponse {
        try call.principal.authority.requireTenantWide(.skillManage)
        let seen = try call.ifMatch
        return try await commands.run(call) { act, tx in
            SkillsResponse(try await store.set(call.input, seen: seen, by: act, tx))
        }
    }

    @Sendable func list(_ call: Call<Paged<CertificateFilter>>) async throws -> Page<CertificateResponse> {
        let (page, now) = (call.input, now())
        let found = try await store.list(
            page.filter,
            tenant: try call.principal.tenant,
            within: try call.reach,
            after: try page.position(as: CertificatePosition.self),
            limit: page.limit
        )
        return try Page(found.map { CertificateResponse($0, at: now) }, limit: page.limit) {
            CertificatePosition(validUntil: $0.validUntil ?? CertificatePosition.never, id: $0.id)
        }
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> CertificateResponse {
        let certificate = try await store.find(
            try id(call),
            tenant: try call.principal.tenant,
            within: try call.reach
        )
        return CertificateResponse(certificate, at: now())
    }

    @Sendable func add(_ call: Call<AddCertificate>) async throws -> Created<CertificateResponse> {
        let (principal, reach) = (try call.principal, try call.reach)
        do {
            return try await add(call, by: principal, within: reach)
        } catch CertificateRefusal.unknownPerson {
            // They may have been created a moment ago.
            try await replicas?.requireCaughtUp(with: .authUsers)
            return try await add(call, by: principal, within: reach)
        }
    }

    @Sendable func change(_ call: Call<ChangeCertificate>) async throws -> CertificateResponse {
        let seen = try call.ifMatch
        return try await change(call, as: "CERTIFICATE_UPDATED") { certificate, now in
            try certificate.corrected(call.input, seen: seen, at: now)
        }
    }

    @Sendable func revoke(_ call: Call<RevokeCertificate>) async throws -> CertificateResponse {
        let seen = try call.ifMatch
        return try await change(call, as: "CERTIFICATE_REVOKED") { certificate, now in
            try certificate.revoked(because: call.input.reason, seen: seen, at: now)
        }
    }

    // MARK: - Steps

    private func id(_ call: Call<some Input>) throws -> CertificateID { try call.id("id", of: "certificate") }

    private func add(
        _ call: Call<AddCertificate>,
        by principal: Principal,
        within reach: Reach
    ) async throws -> Created<CertificateResponse> {
        try await commands.run(call) { act, tx in
            let certificate = try await store.add(
                call.input,
                id: .new(),
                of: principal.tenant,
                within: reach,
                by: act,
                tx
            )
            return Created(
                CertificateResponse(certificate, at: act.time),
                at: "/api/v1/certificates/\(certificate.id)"
            )
        }
    }

    private func change(
        _ call: Call<some Input>,
        as action: String,
        decide: @Sendable (Certificate, Date) throws -> Certificate?
    ) async throws -> CertificateResponse {
        let (id, reach) = (try id(call), try call.reach)
        return try await commands.run(call) { act, tx in
            let changed = try await store.change(id, within: reach, as: action, by: act, tx) {
                try decide($0, act.time)
            }
            return CertificateResponse(changed, at: act.time)
        }
    }
}

import Access
import Commands
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/tenants`, for those who run the installation, and `/api/v1/tenant`, for everybody's own.
struct TenantRoutes: Sendable {
    let tenants: Tenants
    let directory: Directory
    let links: AccountLinks
    var stepUp = Duration.seconds(300)
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("auth", tenants.database, now: now, refusal: Refusal.init) }

    func all() throws -> [Route] {
        try [
            Route(.get, "/tenants", "List the tenants", .requires(.platformRead), use: list),
            Route(
                .post,
                "/tenants",
                "Create a tenant",
                .requires(.platformManage),
                use: create
            ),
            Route(.get, "/tenants/{id}", "Read a tenant", .requires(.platformRead), use: read),
            Route(
                .patch,
                "/tenants/{id}",
                "Change a tenant's settings",
                .requires(.platformManage),
                .versioned,
                use: change
            ),
            Route(
                .post,
                "/tenants/{id}/suspend",
                "Suspend a tenant",
                .requires(.platformManage),
                .stepUp(within: stepUp),
                .refuses([.conflict]),
                use: suspend
            ),
            Route(.post, "/tenants/{id}/resume", "End a tenant's suspension", .requires(.platformManage), use: resume),
            Route(.get, "/tenant", "Read one's own tenant", .anyone, use: readOwn),
            Route(
                .patch,
                "/tenant",
                "Change the settings of one's own tenant",
                .requires(.tenantUpdate),
                .versioned,
                use: changeOwn
            ),
        ]
    }

    // MARK: - The installation's tenants

    @Sendable func list(_ call: Call<Paged<NoInput>>) async throws -> Page<TenantResponse> {
        let page = call.input
        let tenants = try await tenants.list(after: try page.position(as: TenantID.self), limit: page.limit + 1)
        return try Page(tenants.map(TenantResponse.init), limit: page.limit) { $0.id }
    }

    @Sendable func create(_ call: Call<CreateTenant>) async throws -> Created<TenantResponse> {
        let body = call.input
        var tenant = Tenant(id: .new(), name: body.name)
        if let timeZone = body.timeZone { tenant.timeZone = timeZone }
        if let currency = body.currency { tenant.currency = currency }
        if let language = body.language { tenant.language = language }
        let new = tenant
        return try await commands.run(call) { act, tx in
            let administrator = User(
                id: .new(),
                tenant: new.id,
                email: body.administrator.email.lowercased(),
                displayName: body.administrator.displayName,
                roles: ["admin"],
                isActive: false,
                invitedAt: act.time,
                createdAt: act.time,
                updatedAt: act.time,
                version: 1
            )
            try await tenants.create(new, by: act, tx) { inside in
                try await directory.create(administrator, passwordHash: nil, by: inside, tx)
                if let mail = try await links.issue(.invitation, to: administrator, by: inside, tx) {
                    try tx.publish(mail, by: inside)
                }
            }
            return Created(TenantResponse(new), at: "/api/v1/tenants/\(new.id)")
        }
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> TenantResponse {
        guard let tenant = try await tenants.find(try call.id("id", of: "tenant")) else { throw Refusal.unknownTenant }
        return TenantResponse(tenant)
    }

    @Sendable func change(_ call: Call<ChangeTenant>) async throws -> TenantResponse {
        try await change(try call.id("id", of: "tenant"), call)
    }

    @Sendable func suspend(_ call: Call<SuspendTenant>) async throws -> TenantResponse {
        let id: TenantID = try call.id("id", of: "tenant")
        // Nobody could end it.
        guard try call.principal.tenant != id else { throw Refusal.ownTenant }
        return try await commands.run(call) { act, tx in
            let tenant = try await tenants.change(id, "TENANT_SUSPENDED", by: act, tx) {
                $0.isSuspended = true
                $0.suspensionReason = call.input.reason
            }
            return TenantResponse(tenant)
        }
    }

    @Sendable func resume(_ call: Call<NoInput>) async throws -> TenantResponse {
        let id: TenantID = try call.id("id", of: "tenant")
        return try await commands.run(call) { act, tx in
            let tenant = try await tenants.change(id, "TENANT_RESUMED", by: act, tx) {
                $0.isSuspended = false
                $0.suspensionReason = nil
            }
            return TenantResponse(tenant)
        }
    }

    // MARK: - One's own

    @Sendable func readOwn(_ call: Call<NoInput>) async throws -> TenantResponse {
        guard let tenant = try await tenants.find(try call.principal.tenant) else { throw Refusal.unknownTenant }
        return TenantResponse(tenant)
    }

    @Sendable func changeOwn(_ call: Call<ChangeTenant>) async throws -> TenantResponse {
        let principal = try call.principal
        try principal.authority.requireTenantWide(.tenantUpdate)
        return try await change(principal.tenant, call)
    }

    private func change(_ id: TenantID, _ call: Call<ChangeTenant>) async throws -> TenantResponse {
        let body = call.input
        let seen = try call.ifMatch ?? body.version
        return try await commands.run(call) { act, tx in
            let tenant = try await tenants.change(id, "TENANT_CHANGED", seen: seen, by: act, tx) { body.apply(to: &$0) }
            return TenantResponse(tenant)
        }
    }
}

/// A tenant as clients see it.
struct TenantResponse: Answer, Codable, Versioned {
    var id: TenantID
    var name: String
    var isSuspended: Bool
    var suspensionReason: String?
    /// Of its reports and limits, as the IANA database names it.
    var timeZone: String
    /// ISO 4217.
    var currency: String
    /// ISO 639-1.
    var language: String
    /// When contractors may use the system, by the tenant's clock; absent when they may at any time.
    var contractorsFrom: String?
    var contractorsUntil: String?
    /// How many minutes before or after its planned start work may begin; absent when it may at any time.
    var startWindowMinutes: Int?
    /// Whether `POST /auth/login` accepts passwords.
    var acceptsPasswords: Bool
    /// Whether work is given only to people with the skills that it requires.
    var requiresSkills: Bool
    /// The web origins whose pages may use the API with a token.
    var allowedOrigins: [String]
    var version: Int64

    init(_ tenant: Tenant) {
        id = tenant.id
        name = tenant.name
        isSuspended = tenant.isSuspended
        suspensionReason = tenant.suspensionReason
        timeZone = tenant.timeZone
        currency = tenant.currency
        language = tenant.language
        contractorsFrom = tenant.contractorsFrom.map(ContractorHours.text)
        contractorsUntil = tenant.contractorsUntil.map(ContractorHours.text)
        startWindowMinutes = tenant.startWindowMinutes
        acceptsPasswords = tenant.acceptsPasswords
        requiresSkills = tenant.requiresSkills
        allowedOrigins = tenant.allowedOrigins
        version = tenant.version
    }
}

public import Access
public import EventSchema
public import Foundation
public import Identifiers

extension Date {
    /// 2026-06-01T12:00:00Z.
    public static let noon = Date(timeIntervalSince1970: 1_780_315_200)
}

extension Identifier {
    /// A readable, fixed identifier for tests.
    public static func sample(_ number: UInt8) -> Identifier {
        Identifier(UUID(uuid: (0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, number)))
    }
}

extension UserID {
    public static let anna = UserID.sample(1)
    public static let bo = UserID.sample(2)
}

extension TenantID {
    public static let sunfield = TenantID.sample(10)
    public static let windward = TenantID.sample(11)
}

extension WorkOrderState {
    /// A work order as its owner publishes it.
    public static func sample(
        _ id: WorkOrderID = .sample(40),
        of tenant: TenantID = .sunfield,
        status: WorkOrderStatus = .open,
        origin: WorkOrderOrigin = .person,
        originID: String? = nil,
        version: Int64 = 1
    ) -> WorkOrderState {
        WorkOrderState(
            id: id,
            tenant: tenant,
            number: "WO-2026-000001",
            title: "Inverter overheating",
            description: nil,
            type: .emergency,
            priority: .critical,
            status: status,
            phase: nil,
            site: .sample(30),
            asset: .sample(20),
            assignedTo: nil,
            workedBy: [],
            requiredSkills: [],
            scheduledStart: nil,
            scheduledEnd: nil,
            actualStart: nil,
            actualEnd: nil,
            origin: origin,
            originID: originID,
            tasks: [],
            createdAt: .noon,
            createdBy: nil,
            updatedAt: .noon,
            version: version
        )
    }
}

extension UserState {
    /// A user of a tenant.
    public static func sample(_ id: UserID, of tenant: TenantID, roles: [String], isActive: Bool = true) -> UserState {
        UserState(
            id: id,
            tenant: tenant,
            email: "\(id)@example.com",
            displayName: "Somebody",
            phone: nil,
            roles: roles,
            sites: [],
            assets: [],
            team: nil,
            employment: .employee,
            skills: [],
            isActive: isActive,
            version: 1
        )
    }
}

extension RolePolicyState {
    /// A role of every tenant, or of one tenant only.
    public static func sample(_ role: String, _ grants: [Grant], of tenant: TenantID? = nil) -> RolePolicyState {
        RolePolicyState(
            tenant: tenant,
            role: role,
            grants: grants.map(\.text)
        )
    }
}

extension TenantState {
    /// Sunfield, with rules about who does work, and when, and with origins of web applications.
    public static func sample(
        _ id: TenantID = .sunfield,
        startWindow: Int? = nil,
        requiresSkills: Bool = false,
        allowedOrigins: [String] = []
    ) -> TenantState {
        TenantState(
            id: id,
            name: "Sunfield",
            isSuspended: false,
            timeZone: "UTC",
            currency: "EUR",
            language: "en",
            contractorsFrom: nil,
            contractorsUntil: nil,
            startWindowMinutes: startWindow,
            requiresSkills: requiresSkills,
            allowedOrigins: allowedOrigins,
            version: 1
        )
    }
}

import EventSchema
import Foundation
import HTTPTypes
import Hummingbird
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/users`.
struct UserRoutes: Sendable {
    let directory: Directory
    var now: @Sendable () -> Date = { Date() }

    func add(to router: RouterGroup<DaemonContext>) {
        router.post("/api/v1/users", use: createUser)
        router.get("/api/v1/users", use: listUsers)
    }

    struct CreateUserBody: Decodable, Sendable {
        var email: String
        var displayName: String
        var phone: String?
        var roles: [String]
        var password: String

        func check() throws {
            var validation = Validation()
            validation.require(email.isEmailAddress, "email", "must be an e-mail address")
            validation.text(displayName, "displayName", 1...200)
            validation.require(phone?.isE164 ?? true, "phone", "must be in E.164 form, such as +4930123456")
            validation.text(password, "password", 12...200)
            validation.require(!roles.isEmpty, "roles", "must name one at least")
            try validation.check()
        }
    }

    @Sendable func createUser(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let principal = try context.principal
        try principal.require(.userCreate)
        let body = try await request.decode(as: CreateUserBody.self, context: context)
        try body.check()
        try Self.check(body.roles, givenBy: principal)
        let now = now()
        let user = User(
            id: .new(),
            tenant: principal.tenant,
            email: body.email.lowercased(),
            displayName: body.displayName,
            phone: body.phone,
            roles: body.roles,
            isActive: true,
            version: 1
        )
        try await directory.create(
            user,
            passwordHash: try await Password.hash(body.password),
            in: try context.scope(of: "auth", at: now),
            audit: AuditRecorded(
                "USER_CREATED",
                "user",
                user.id.description,
                by: principal,
                in: context,
                service: "auth",
                at: now
            )
        )
        var response = try UserResponse(user).response(from: request, context: context)
        response.status = .created
        return response
    }

    @Sendable func listUsers(_ request: Request, _ context: DaemonContext) async throws -> Page<UserResponse> {
        let principal = try context.principal
        try principal.require(.userRead)
        let page = try PageRequest(request)
        let users = try await directory.list(
            tenant: principal.tenant,
            after: try page.position(as: UserID.self),
            limit: page.limit + 1
        )
        return try Page(users.map { UserResponse($0) }, limit: page.limit) { $0.id }
    }

    /// Nobody gives away more than they have: whoever may create users could otherwise make themselves an administrator.
    private static func check(_ roles: [String], givenBy principal: Principal) throws {
        for role in roles {
            guard let permissions = SystemRoles.permissions[role] else { throw Refusal.unknownRole(role) }
            guard principal.permissions.isSuperset(of: permissions) else { throw Refusal.roleBeyondGiver(role) }
        }
    }
}

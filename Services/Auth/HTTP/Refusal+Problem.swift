import Commands
import HTTPTypes
import ServiceKit

extension Refusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .credentials: Problem(.unauthorized, "invalid_credentials", "the e-mail address or the password is wrong")
        case .locked(let seconds):
            Problem(
                .tooManyRequests,
                "locked",
                "too many wrong passwords; try again later",
                ["seconds": "\(seconds)"],
                retryAfter: seconds
            )
        case .secondStep(let step, let challenge): .secondStep(step, challenge)
        case .challenge:
            Problem(
                .unauthorized,
                "challenge_invalid",
                "this login is not valid any more: begin with the password again"
            )
        case .code: Problem(.unauthorized, "invalid_code", "the code is wrong, or was used already")
        case .wrongPassword: .field("password", FieldRule(problem: "wrong_password", "is wrong"))
        case .wrongCode: .field("code", FieldRule(problem: "wrong_code", "is wrong, or was used already"))
        case .key:
            Problem(
                .unauthorized,
                "invalid_key",
                "the security key's answer is wrong: it is not one of yours, or answers another question"
            )
        case .wrongKey:
            .field(
                "credential",
                FieldRule(problem: "wrong_key", "is not of one of your keys, or answers another question")
            )
        case .keyRefused(let reason): .field("credential", FieldRule(problem: "key_refused", reason))
        case .keyTaken: .field("credential", FieldRule(problem: "key_taken", "is of a key that is registered already"))
        case .tooManyKeys:
            Problem(
                .conflict,
                "too_many_keys",
                "you have \(SecurityKey.most) security keys: remove one first",
                ["maximum": "\(SecurityKey.most)"]
            )
        case .unknownKey: .notFound("security key")
        case .noKeysHere:
            Problem(
                .conflict,
                "no_security_keys",
                "browsers have no security keys here: PUBLIC_URL must be https with a name, or http://localhost"
            )
        case .noEnrolment:
            Problem(.conflict, "no_enrolment", "there is no new second factor to confirm: begin to add one")
        case .noFactor: .notFound("second factor")
        case .factorRequired:
            Problem(
                .conflict,
                "mfa_required",
                "one of your roles requires a second factor, and this is your last one: add another one first"
            )
        case .codeRequired:
            .field(
                "code",
                FieldRule(problem: "code_required", "is required, or credential, because you have a second factor")
            )
        case .ownFactor:
            Problem(.conflict, "own_account", "remove your own second factors at /api/v1/auth/mfa")
        case .sessionEnded: Problem(.unauthorized, "session_ended", "the session has ended")
        case .weakPassword(let field, let fault): .field(field, fault.rule, problem: "weak_password")
        case .refreshToken: Problem(.unauthorized, "refresh_token_invalid", "the refresh token is no longer valid")
        case .authorizationCode:
            Problem(.badRequest, "invalid_grant", "the code is unknown, too old, used, or was given to another client")
        case .passwordsOff:
            Problem(
                .forbidden,
                "password_login_off",
                "your organization logs in at its own identity provider, not with a password"
            )
        case .apiPasswordsOff:
            Problem(
                .forbidden,
                "password_login_off",
                "your organization does not log in with passwords over the API: log in with a browser, at /auth/login"
            )
        case .provesElsewhere:
            Problem(
                .conflict,
                "step_up_at_provider",
                "you have no password here: prove at your organization's login who you are, by /auth/login?prompt=login in a browser"
            )
        case .noRole:
            Problem(.forbidden, "no_role", "none of your groups at the identity provider has a role here")
        case .notLinked:
            Problem(
                .forbidden,
                "not_linked",
                "there is an account with your e-mail address already: an administrator has to permit that it becomes yours"
            )
        case .emailUnverified:
            Problem(
                .forbidden,
                "email_unverified",
                "the identity provider does not say that your e-mail address is verified"
            )
        case .noProvider: .notFound("identity provider")
        case .emailTaken: .field("email", FieldRule(problem: "email_taken", "already belongs to a user"))
        case .codeTaken: .field("code", FieldRule(problem: "code_taken", "already belongs to a user"))
        case .unknownRole(let role):
            .field("roles", FieldRule(problem: "unknown_role", "there is no role \(role)", ["role": role]))
        case .roleExceedsGranter(let role):
            Problem(
                .forbidden,
                "role_exceeds_granter",
                "the role \(role) has permissions that you do not have",
                ["role": role]
            )
        case .userExceedsGranter(let role):
            Problem(
                .forbidden,
                "user_exceeds_granter",
                "the user has the role \(role), with permissions that you do not have",
                ["role": role]
            )
        case .unknownRoleID: .notFound("role")
        case .roleTaken: .field("name", FieldRule(problem: "role_taken", "is already the name of a role"))
        case .systemRole:
            Problem(
                .conflict,
                "system_role",
                "every tenant has this role: create one of the same name, and it replaces it in your tenant"
            )
        case .roleInUse:
            Problem(.conflict, "role_in_use", "there are users with this role: give them other roles first")
        case .unknownUser: .notFound("user")
        case .outOfReach: .tooNarrow("your permission does not cover this user")
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the record: read it again",
                currentVersion: current
            )
        case .ownAccount: Problem(.conflict, "own_account", "nobody can deactivate their own account")
        case .ownErasure:
            Problem(.conflict, "own_account", "nobody can erase their own data: ask another administrator")
        case .erased: Problem(.conflict, "erased", "the user's data were erased: nothing is left that could be changed")
        case .legalHold:
            Problem(.conflict, "legal_hold", "a legal hold covers the tenant: nothing is erased until it is released")
        case .unknownLegalHold: .notFound("legal hold")
        case .legalHoldReleased: Problem(.conflict, "legal_hold_released", "the legal hold was released already")
        case .tooManyLegalHolds:
            Problem(
                .conflict,
                "too_many_legal_holds",
                "there are \(LegalHold.most) legal holds: release one first",
                ["maximum": "\(LegalHold.most)"]
            )
        case .lastAdministrator:
            Problem(.conflict, "last_administrator", "this is the last active user of the tenant who can assign roles")
        case .notOwnRole(let role):
            .field(
                "roles",
                FieldRule(
                    problem: "not_own_role",
                    "\(role) is not your own role, or you have it only for some time",
                    ["role": role]
                )
            )
        case .ownDelegation: Problem(.conflict, "own_delegation", "nobody can delegate roles to themselves")
        case .unknownTenant: .notFound("tenant")
        case .tenantTaken: .field("name", FieldRule(problem: "tenant_taken", "is already the name of a tenant"))
        case .tenantSuspended: .tenantSuspended
        case .ownTenant: Problem(.conflict, "own_tenant", "nobody can suspend their own tenant")
        case .verifying:
            Problem(
                .tooManyRequests,
                "verification_running",
                "the audit log is being verified already: try again in a moment",
                retryAfter: 2
            )
        case .unknownAPIKey: .notFound("API key")
        case .tooManyAPIKeys:
            Problem(
                .conflict,
                "too_many_api_keys",
                "the tenant has \(APIKey.most) keys: revoke one first",
                ["maximum": "\(APIKey.most)"]
            )
        case .link:
            .field(
                "token",
                FieldRule(problem: "link_invalid", "is not valid any more: it was used, replaced, or is too old")
            )
        case .invited:
            Problem(.conflict, "invited", "the user has not accepted their invitation: it can be sent again")
        case .notInvited: Problem(.conflict, "not_invited", "the user has no open invitation")
        case .currentPassword: .field("currentPassword", FieldRule(problem: "wrong_password", "is wrong"))
        }
    }
}

extension Problem {
    /// 401: the password is right, and the login goes on.
    fileprivate static func secondStep(_ step: NextStep, _ challenge: String) -> Problem {
        var problem =
            switch step {
            case .login: Problem(.unauthorized, "mfa_required", "your second factor is required")
            case .enrolment:
                Problem(
                    .unauthorized,
                    "mfa_enrolment_required",
                    "one of your roles requires a second factor: add one to log in"
                )
            }
        problem.challenge = challenge
        problem.methods = step.methods
        return problem
    }
}

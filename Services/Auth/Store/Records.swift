import Access
import Postgres

extension User: Record {
    static let columnNames = ["tenant": "tenant_id", "sites": "site_ids", "assets": "asset_ids", "team": "team_id"]
}

extension User.Language: PostgresEncodable, PostgresDecodable {}

extension User.Units: PostgresEncodable, PostgresDecodable {}

extension SigningKey: Record {
    static let columnNames = ["privatePEM": "private_pem"]
}

extension RoleAssignment: Record {}

extension Tenant: Record {}

extension APIKey: Record {
    static let columnNames = ["tenant": "tenant_id", "sites": "site_ids", "assets": "asset_ids"]
}

extension SecondFactor: Record {}

extension LoginChallenge: PostgresEncodable, PostgresDecodable {}

extension AccountLink: PostgresEncodable, PostgresDecodable {}

extension AuditLog.Entry: Record {}

extension OpenSession: Record {}

extension LegalHold: Record {
    static let columnNames = ["tenant": "tenant_id"]
}

extension AuditKey: Record {}

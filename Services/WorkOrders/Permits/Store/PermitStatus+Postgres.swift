public import EventSchema
public import Postgres

extension PermitStatus: PostgresEncodable, PostgresDecodable {}

public import EventSchema
public import Postgres

extension CostCategory: PostgresEncodable, PostgresDecodable {}

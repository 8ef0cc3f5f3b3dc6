public import Postgres
public import ServiceKit

extension PostgresError: PassingError {}

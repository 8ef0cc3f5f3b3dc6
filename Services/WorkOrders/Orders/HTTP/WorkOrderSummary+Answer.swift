import ServiceKit

extension WorkOrderSummary: Answer {}

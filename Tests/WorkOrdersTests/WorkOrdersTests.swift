// tests of WorkOrders

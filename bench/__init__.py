"""What does one sign-in cost, and does it keep the budgets?"""

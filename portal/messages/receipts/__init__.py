"""What do gateways say afterwards of what they took, and can they be believed?"""
